package dev.nescio.model.batch;

import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.model.generation.Distribution;
import dev.nescio.model.generation.TextToScore;
import dev.nescio.model.tokenizer.ModelTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Teacher forcing: what the model would have reported, had it written the given continuation.
 *
 * @param <S> how the runner keeps sequences
 */
public final class ScoredText<S extends Strand> extends Feed<S> {

  private final TextToScore text;
  private final ModelTokenizer tokenizer;
  private final Consumer<Sequence> result;
  private final List<Token> scored = new ArrayList<>();

  /**
   * @param strand of no tokens, without room yet
   * @param result takes what was found
   */
  public ScoredText(Call call, S strand, TextToScore text, ModelTokenizer tokenizer, Consumer<Sequence> result) {
    super(call, strand, text.tokens(), text.start() - 1);
    this.text = text;
    this.tokenizer = tokenizer;
    this.result = result;
  }

  @Override
  public int[] prefix() {
    return Arrays.copyOf(tokens(), text.start());
  }

  @Override
  public int shared() {
    return 0;
  }

  @Override
  public int slots() {
    return tokens().length;
  }

  @Override
  public int samples() {
    return 1;
  }

  /** Each position tells of the token after it, the last one only what would follow. */
  @Override
  Look look(int from, int end) {
    int[] targets = Arrays.copyOfRange(tokens(), from + 1, end + 1);
    return new Look(text.alternatives(), false, targets);
  }

  @Override
  void show(List<? extends Distribution> piece) {
    for (Distribution next : piece) {
      int at = text.start() + scored.size();
      if (at == tokens().length) {
        result.accept(new Sequence(text.continuation(), scored, Finish.LENGTH, false, next.pIdk(),
            Optional.of(next.endLogProb()), 0));
      } else {
        int id = tokens()[at];
        scored.add(new Token(id, tokenizer.decode(id), next.logProb(id), Optional.of(next.entropy()),
            Optional.of(next.margin()), next.alternatives(text.alternatives(), tokenizer)));
      }
    }
  }
}
