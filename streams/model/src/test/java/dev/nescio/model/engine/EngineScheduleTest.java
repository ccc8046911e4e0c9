package dev.nescio.model.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.language.TokenListener;
import dev.nescio.model.TinyModel;
import dev.nescio.model.batch.BatchLimits;
import dev.nescio.model.batch.Call;
import dev.nescio.model.batch.ContinuousBatch;
import dev.nescio.model.batch.ModelThread;
import dev.nescio.model.batch.PromptFeed;
import dev.nescio.model.generation.GenerationResults;
import dev.nescio.model.generation.Prompt;
import dev.nescio.model.kernel.Probe;
import dev.nescio.model.llama.IdkRow;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.LlamaWeights;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.local.Resources;
import dev.nescio.model.peft.PeftAdapter;
import dev.nescio.model.tokenizer.OpenedTokenizer;
import dev.nescio.model.torch.Torch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs when in the rows of the engine, counted run by run. */
class EngineScheduleTest {

  private static final IntFunction<Probe> NO_PROBES = tokens -> {
    throw new AssertionError("nothing here asks for internals");
  };

  private static final int ROWS = 3;
  private static final TokenListener NOBODY = (request, sample, token) -> { };

  @TempDir private Path directory;
  private NDManager manager;
  private OpenedTokenizer opened;
  private Adapters adapters;
  private SlabPool pool;
  private WatchedRunner runner;
  private ContinuousBatch<TorchStrand> batch;
  private ModelThread<TorchStrand> thread;

  @BeforeEach
  void open() throws IOException {
    TinyModel.write(directory);
    LlamaConfig config = LlamaConfig.read(directory);
    opened = OpenedTokenizer.open(directory, config, false);
    manager = Torch.newManager();
    LlamaWeights weights = LlamaWeights.load(directory, new IdkRow.None(), manager);
    LlamaForward forward = new LlamaForward(weights, config.contextTokens(), 8);
    adapters = new Adapters(forward, weights);
    pool = new SlabPool(forward, manager, ROWS, 64L << 20, weights.cacheBytesPerToken());
    runner = new WatchedRunner(
        new TorchRunner(forward, manager, pool, new PrefixCache(0), weights, opened.tokenizer()));
    batch = new ContinuousBatch<>(runner, opened.tokenizer(), config, new BatchLimits(ROWS, 512, 64));
    Resources held = new Resources();
    held.hold(manager, manager::close);
    held.hold(forward, forward::close);
    held.hold(runner, runner::close);
    thread = new ModelThread<>("watched", batch, held);
  }

  @AfterEach
  void close() {
    runner.letGo();
    thread.close();
    opened.tokenizer().close();
  }

  @Test
  void aRowIsTakenByTheNextPromptAtOnce() {
    int[] tokens = {2, 9, 4, 7, 1, 3, 8, 2, 6, 5};
    List<GenerationRequest> requests =
        IntStream.of(tokens).mapToObj(count -> request("a prompt " + count, count)).toList();
    assertThat(run(requests)).allMatch(g -> g.first().tokens().size() > 0);
    // One run reads the prompt and gives its first token; each token takes another, for what comes after it.
    int[] runs = IntStream.of(tokens).map(count -> count + 1).toArray();
    assertThat(runner.runs()).isEqualTo(makespan(runs)).isLessThan(fixedBatches(runs));
    assertThat(runner.mostPieces()).isEqualTo(ROWS);
  }

  @Test
  void samplesFollowOneAnotherBehindAPromptThatIsReadOnce() {
    int samples = 7;
    int tokens = 5;
    Generation generation = run(List.of(
        request("one prompt", tokens).withSamples(samples, new Sampling(1, 0, 1), 3))).getFirst();
    assertThat(generation.sequences()).hasSize(samples).allMatch(s -> s.tokens().size() == tokens);
    assertThat(runner.runs()).isEqualTo(1 + (samples + ROWS - 1) / ROWS * tokens);
    assertThat(runner.tokens()).isEqualTo("one prompt".length() + (long) samples * tokens);
  }

  @Test
  void callsOfTwoThreadsShareARun() throws InterruptedException {
    runner.holdBack();
    Asking first = new Asking(List.of(request("the first", 6)), adapters.get(Optional.empty()));
    runner.awaitHeldBack();
    Asking second = new Asking(List.of(request("another one", 6)), adapters.get(Optional.empty()));
    second.awaitHanded();
    runner.letGo();
    assertThat(first.generations().getFirst().first().tokens()).hasSize(6);
    assertThat(second.generations().getFirst().first().tokens()).hasSize(6);
    assertThat(runner.mostPieces()).isEqualTo(2);
    assertThat(runner.runs()).as("the second was handed over during the first run").isEqualTo(8);
  }

  @Test
  void anInterruptedCallerGivesItsRowsBack() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller = Thread.ofVirtual().start(() -> {
      try {
        run(Collections.nCopies(40, request("a", 250)), (request, sample, token) -> begun.countDown());
      } catch (RuntimeException e) {
        thrown.set(e);
      }
    });
    begun.await();
    caller.interrupt();
    caller.join();
    assertThat(thrown.get()).isInstanceOf(CancellationException.class);
    thread.ask(batch::held);
    assertThat(thread.ask(pool::used)).isZero();
    assertThat(run(List.of(request("b", 3))).getFirst().first().tokens()).hasSize(3);
  }

  @Test
  void aCallThatFailsFailsAloneEvenInASharedRunAndLeavesNothingInItsRows() throws Exception {
    List<GenerationRequest> good = Collections.nCopies(2, request("what is sound", 6));
    List<Generation> expected = run(good);
    TorchModel damaged = adapters.get(Optional.of(adapters.load(notNumbers())));
    runner.holdBack();
    Asking before = new Asking(List.of(request("so that the others come together", 3)), adapters.get(Optional.empty()));
    runner.awaitHeldBack();
    Asking failing = new Asking(List.of(request("what is not", 40)), damaged);
    Asking sound = new Asking(good, adapters.get(Optional.empty()));
    failing.awaitHanded();
    sound.awaitHanded();
    runner.letGo();
    assertThat(before.generations()).hasSize(1);
    assertThatThrownBy(failing::generations).isInstanceOf(ArithmeticException.class).hasMessageContaining("damaged");
    assertAlike(sound.generations(), expected);
    assertThat(runner.mostVariants()).as("base and adapter in one run").isEqualTo(2);
    assertThat(thread.ask(pool::used)).isZero();
    assertAlike(run(Collections.nCopies(3, request("what is sound", 6))).subList(0, 2), expected);
  }

  @Test
  void whatAListenerThrowsEndsItsCallOnly() {
    assertThatThrownBy(() -> run(List.of(request("gone", 5)), (request, sample, token) -> {
      throw new IllegalStateException("the client has gone");
    })).hasMessage("the client has gone");
    assertThat(run(List.of(request("still there", 5))).getFirst().first().tokens()).hasSize(5);
  }

  /** Runs until all jobs are done, each given to the row that is free first, in order. */
  private static int makespan(int[] jobs) {
    PriorityQueue<Integer> free = new PriorityQueue<>(Collections.nCopies(ROWS, 0));
    int end = 0;
    for (int job : jobs) {
      int done = free.poll() + job;
      free.add(done);
      end = Math.max(end, done);
    }
    return end;
  }

  /** Runs if each batch waited for its longest, even the best ordered. */
  private static int fixedBatches(int[] jobs) {
    int[] sorted = IntStream.of(jobs).sorted().toArray();
    return IntStream.range(0, sorted.length)
        .filter(i -> (sorted.length - 1 - i) % ROWS == 0).map(i -> sorted[i]).sum();
  }

  private PeftAdapter notNumbers() throws IOException {
    PeftAdapter.Pair pair = new PeftAdapter.Pair(new float[64], new float[64]);
    pair.b()[3] = Float.NaN;
    return new PeftAdapter(
        1, 1, Map.of(new PeftAdapter.Place(0, Projection.Q), pair), Optional.empty(), Optional.empty());
  }

  private List<Generation> run(List<GenerationRequest> requests) {
    return run(requests, NOBODY);
  }

  private List<Generation> run(List<GenerationRequest> requests, TokenListener listener) {
    return run(requests, adapters.get(Optional.empty()), listener);
  }

  private List<Generation> run(List<GenerationRequest> requests, TorchModel model, TokenListener listener) {
    List<Prompt> prompts = new ArrayList<>();
    for (GenerationRequest request : requests) prompts.add(Prompt.of(prompts.size(), request, opened.tokenizer()));
    GenerationResults results = new GenerationResults(prompts);
    Call call = new Call(prompts.size());
    thread.run(call, prompts.stream().map(prompt -> new PromptFeed<>(
        call, new TorchStrand(model), prompt, NO_PROBES, listener, results)).toList());
    return results.generations();
  }

  private static GenerationRequest request(String prompt, int tokens) {
    return GenerationRequest.greedy(prompt, tokens).withStop(List.of()).withIgnoreEnd(true);
  }

  private static void assertAlike(List<Generation> actual, List<Generation> expected) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).first().text()).isEqualTo(expected.get(i).first().text());
      assertThat(actual.get(i).first().sequenceLogProb())
          .isCloseTo(expected.get(i).first().sequenceLogProb(), within(1e-3));
    }
  }

  /** A call in a thread of its own. */
  private final class Asking {

    private final AtomicReference<List<Generation>> result = new AtomicReference<>();
    private final AtomicReference<RuntimeException> thrown = new AtomicReference<>();
    private final Thread asker;

    Asking(List<GenerationRequest> requests, TorchModel model) {
      asker = Thread.ofPlatform().daemon().start(() -> {
        try {
          result.set(run(requests, model, NOBODY));
        } catch (RuntimeException e) {
          thrown.set(e);
        }
      });
    }

    /** Whoever waits has handed its work over before. */
    void awaitHanded() {
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> asker.getState() == Thread.State.WAITING);
    }

    List<Generation> generations() throws InterruptedException {
      asker.join();
      if (thrown.get() != null) throw thrown.get();
      return result.get();
    }
  }
}
