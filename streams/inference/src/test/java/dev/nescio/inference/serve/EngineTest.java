package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Turns, limits and cancellation, with a model that works as long as it is told to. */
class EngineTest {

  private static final GenerationRequest REQUEST = GenerationRequest.greedy("q", 3);

  private final PatientModel model = new PatientModel();
  private final Engine engine = engine(1, 1, Duration.ofMillis(50));

  @AfterEach
  void end() {
    model.go.countDown();
    engine.close();
  }

  @Test
  void oneWorksOneWaitsAndTheThirdIsRefused() throws Exception {
    Heard first = start(engine);
    assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
    Heard second = start(engine);
    await().atMost(Duration.ofMinutes(1)).until(() -> engine.working() == 1 && engine.waiting() == 1);
    assertThatThrownBy(() -> start(engine)).isInstanceOfSatisfying(ApiException.class, e -> {
      assertThat(e.status()).isEqualTo(429);
      assertThat(OpenAiErrors.response(e).header("Retry-After")).isEqualTo("1");
    });
    model.go.countDown();
    assertThat(first.outcome.get(60, TimeUnit.SECONDS).generations()).hasSize(1);
    assertThat(second.outcome.get(60, TimeUnit.SECONDS).generations()).hasSize(1);
    await().atMost(Duration.ofMinutes(1)).until(() -> engine.working() == 0 && engine.waiting() == 0);
    assertThat(engine.completed.sum()).isEqualTo(2);
    assertThat(engine.refused.sum()).isEqualTo(1);
    assertThat(engine.generatedTokens.sum()).isEqualTo(4);
    assertThat(start(engine).outcome.get(60, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void whenTheClientIsGoneTheModelStopsAndTheWaitingTakesItsTurn() throws Exception {
    Heard first = start(engine);
    assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
    Heard second = start(engine);
    first.running.cancel();
    await().atMost(Duration.ofMinutes(1)).until(() -> engine.cancelled.sum() == 1);
    assertThat(first.outcome).isNotDone();
    model.go.countDown();
    assertThat(second.outcome.get(60, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void whoLeavesWhileWaitingNeverReachesTheModel() throws Exception {
    Heard first = start(engine);
    assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
    Heard second = start(engine);
    second.running.cancel();
    await().atMost(Duration.ofMinutes(1)).until(() -> engine.cancelled.sum() == 1);
    model.go.countDown();
    first.outcome.get(60, TimeUnit.SECONDS);
    assertThat(engine.completed.sum()).isEqualTo(1);
    assertThat(second.outcome).isNotDone();
  }

  @Test
  void stoppingRefusesTheNewAndCancelsTheOldAfterTheGrace() throws Exception {
    Heard first = start(engine);
    assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
    engine.close();
    assertThat(engine.ready()).isFalse();
    assertThat(engine.cancelled.sum()).isEqualTo(1);
    assertThat(first.outcome).isNotDone();
    assertThatThrownBy(() -> start(engine))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(503));
  }

  @Test
  void stoppingLetsTheOldEndWithinTheGrace() throws Exception {
    Engine patient = engine(1, 1, Duration.ofSeconds(30));
    Heard first = start(patient);
    assertThat(model.entered.await(60, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofVirtual().start(patient::close);
    await().atMost(Duration.ofMinutes(1)).until(() -> !patient.ready());
    model.go.countDown();
    assertThat(first.outcome.get(60, TimeUnit.SECONDS)).isNotNull();
    closing.join();
    assertThat(patient.cancelled.sum()).isZero();
  }

  @Test
  void whoHearsOfTheEndMayAskAgainAtOnce() throws Exception {
    model.go.countDown();
    Engine narrow = engine(1, 0, Duration.ofSeconds(30));
    CompletableFuture<Integer> all = new CompletableFuture<>();
    narrow.start(call(), new AskingAgain(narrow, 1000, all));
    assertThat(all.get(60, TimeUnit.SECONDS)).isZero();
    narrow.close();
    assertThat(narrow.completed.sum()).isEqualTo(1000);
    assertThat(narrow.refused.sum()).isZero();
  }

  @Test
  void stoppingWaitsUntilTheEndIsTold() throws Exception {
    Engine patient = engine(1, 0, Duration.ofSeconds(60));
    CountDownLatch telling = new CountDownLatch(1);
    CountDownLatch heard = new CountDownLatch(1);
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    model.go.countDown();
    patient.start(call(), new Heard() {
      @Override
      public void done(Engine.Outcome what) {
        telling.countDown();
        try {
          told.complete(heard.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
          told.completeExceptionally(e);
        }
      }
    });
    assertThat(telling.await(60, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofVirtual().start(patient::close);
    await().atMost(Duration.ofMinutes(1)).until(() -> !patient.ready());
    assertThat(closing.isAlive()).isTrue();
    heard.countDown();
    closing.join();
    assertThat(told).isCompletedWithValue(true);
  }

  @Test
  void aFailingModelIsAnErrorOfTheServer() {
    PatientModel broken = new PatientModel() {
      @Override
      public List<Generation> generate(List<GenerationRequest> requests) {
        throw new IllegalStateException("no memory for a cache");
      }
    };
    broken.go.countDown();
    Engine failing = new Engine(broken, new PatientModel.OneToken(), config(1, 1, Duration.ZERO));
    Heard heard = start(failing);
    assertThatThrownBy(() -> heard.outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
        .cause().isInstanceOfSatisfying(ApiException.class, e -> {
          assertThat(e.status()).isEqualTo(500);
          assertThat(e.json().at("/error/type").asText()).isEqualTo("server_error");
        }).hasMessageContaining("no memory");
    assertThat(failing.failed.sum()).isEqualTo(1);
  }

  private Engine engine(int concurrent, int queued, Duration grace) {
    return new Engine(model, new PatientModel.OneToken(), config(concurrent, queued, grace));
  }

  private static ServeConfig config(int concurrent, int queued, Duration grace) {
    return new ServeConfig("127.0.0.1", 0, 4096, concurrent, queued, 100, 8, grace, Optional.empty());
  }

  private static Heard start(Engine engine) {
    Heard heard = new Heard();
    heard.running = engine.start(call(), heard);
    return heard;
  }

  private static Call call() {
    return new Call(
        new ServedModel("m", Optional.empty(), "d"), List.of(REQUEST), false, false, false, false, false, true);
  }

  /** Starts the next call from within the end of its own; at last tells how many were left. */
  private record AskingAgain(Engine engine, int left, CompletableFuture<Integer> all) implements Engine.Listener {
    @Override
    public void token(int request, int sample, Token token) {}

    @Override
    public void done(Engine.Outcome what) {
      try {
        if (left == 1) all.complete(0);
        else engine.start(call(), new AskingAgain(engine, left - 1, all));
      } catch (ApiException e) {
        all.completeExceptionally(e);
      }
    }

    @Override
    public void failed(ApiException e) {
      all.completeExceptionally(e);
    }
  }

  /** What became of a call. */
  private static class Heard implements Engine.Listener {
    private final CompletableFuture<Engine.Outcome> outcome = new CompletableFuture<>();
    private Engine.Running running;

    @Override
    public void token(int request, int sample, Token token) {}

    @Override
    public void done(Engine.Outcome what) {
      outcome.complete(what);
    }

    @Override
    public void failed(ApiException e) {
      outcome.completeExceptionally(e);
    }
  }
}
