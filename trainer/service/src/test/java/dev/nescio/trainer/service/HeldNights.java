package dev.nescio.trainer.service;

import dev.nescio.schemas.GradedSample;
import dev.nescio.schemas.KnowledgeProtocol;
import dev.nescio.schemas.KnowledgeScore;
import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.TrainingRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** Nights that end when a test lets them: what they do is not what is tested here. */
final class HeldNights implements NightWork {

  final List<String> started = new CopyOnWriteArrayList<>();
  final List<String> cancelled = new CopyOnWriteArrayList<>();
  final Semaphore permits = new Semaphore(0);
  private final int reasonChars;

  HeldNights() {
    this(10);
  }

  /** @param reasonChars size of the release, so that it can be too large for a topic */
  HeldNights(int reasonChars) {
    this.reasonChars = reasonChars;
  }

  @Override
  public Result run(TrainingRequest request, NightListener listener) {
    String id = request.getRequestId();
    started.add(id);
    listener.heard(NightStep.GATE, NightListener.State.STARTED, 0, 0, "", Optional.empty(), "held", Map.of());
    try {
      permits.acquire();
    } catch (InterruptedException e) {
      cancelled.add(id);
      throw new NightCancelledException();
    }
    if (id.startsWith("bad")) throw new IllegalStateException("no more " + id);
    ModelRelease release =
        ModelRelease.newBuilder()
            .setVersion("version of " + id).setChannel("champion").setState(ReleaseState.CHAMPION)
            .setBaseDigest("base").setModelDigest("base").setPromptTemplate("x".repeat(reasonChars))
            .setApprover("gate").setReleasedAt(Instant.EPOCH).build();
    KnowledgeScore score =
        KnowledgeScore.newBuilder()
            .setRequestId(id).setModelDigest("base").setProtocol(KnowledgeProtocol.BASE_FEWSHOT)
            .setSamples(List.of(new GradedSample("a", true, 1L, List.of()))).setCorrect(1).setGrader("lenient")
            .setScoredAt(Instant.EPOCH).build();
    return new Result(List.of(release), Map.of(id, score));
  }
}
