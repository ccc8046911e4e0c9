package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.model.generation.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchPlanTest {

  private static final int ANSWER = 10;

  @Test
  void putsPromptsOfLikeLengthTogether() {
    List<Prompt> prompts = List.of(prompt(0, 50, 1), prompt(1, 5, 1), prompt(2, 48, 1), prompt(3, 6, 1));
    List<List<Prompt>> batches = new BatchPlan(2, 1 << 20, 1).batches(prompts);
    assertThat(batches).extracting(b -> b.stream().map(Prompt::index).toList())
        .containsExactly(List.of(1, 3), List.of(2, 0));
  }

  @Test
  void splitsSamplesThatAreMoreThanRowsAndSharesTheirPrompt() {
    List<List<Prompt>> batches = new BatchPlan(4, 1 << 20, 1).batches(List.of(prompt(0, 20, 10)));
    assertThat(batches).extracting(b -> b.getFirst().first()).containsExactly(0, 4, 8);
    assertThat(batches).extracting(b -> b.getFirst().samples()).containsExactly(4, 4, 2);
    assertThat(batches).allMatch(b -> b.getFirst().shared() == 19);
  }

  @Test
  void runsOneSequenceEvenIfItNeedsMoreThanTheMemory() {
    assertThat(new BatchPlan(4, 10, 1).batches(List.of(prompt(0, 20, 2)))).hasSize(2);
  }

  @Property
  void everySampleIsMadeOnceWithinTheBounds(
      @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 90) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 9) int samples, @ForAll @IntRange(min = 1, max = 8) int maxRows,
      @ForAll @IntRange(min = 100, max = 2000) int maxBytes) {
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < lengths.size(); i++) prompts.add(prompt(i, lengths.get(i), 1 + i % samples));
    List<List<Prompt>> batches = new BatchPlan(maxRows, maxBytes, 1).batches(prompts);
    for (List<Prompt> batch : batches) {
      int rows = batch.stream().mapToInt(Prompt::samples).sum();
      assertThat(rows).isBetween(1, maxRows);
      assertThat(rows * BatchPlan.slots(batch)).isLessThanOrEqualTo(Math.max(maxBytes, BatchPlan.slots(batch)));
    }
    for (Prompt prompt : prompts) {
      int[] made = batches.stream().flatMap(List::stream).filter(p -> p.index() == prompt.index())
          .flatMapToInt(p -> IntStream.range(p.first(), p.first() + p.samples())).sorted().toArray();
      assertThat(made).containsExactly(IntStream.range(0, prompt.samples()).toArray());
    }
  }

  private static Prompt prompt(int index, int length, int samples) {
    GenerationRequest request =
        GenerationRequest.greedy("p", ANSWER).withSamples(samples, new Sampling(1, 0, 1), 0);
    return new Prompt(index, request, new int[length], 0, 0, samples);
  }
}
