package dev.nescio.inference.serve;

import dev.nescio.language.AdaptableModel;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.ModelIdentity;
import dev.nescio.language.TokenListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** Works on each call until it may go on, and looks whether anybody still waits. */
class PatientModel implements AdaptableModel {

  /** Opened to let all calls end. */
  final CountDownLatch go = new CountDownLatch(1);

  /** Open when a call has come. */
  final CountDownLatch entered = new CountDownLatch(1);

  @Override
  public ModelIdentity identity() {
    return new ModelIdentity("patient", "d", 100, Optional.empty());
  }

  @Override
  public Set<EvidenceKind> evidence() {
    return Set.of();
  }

  @Override
  public String digest(Optional<String> adapter) {
    return "d";
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests) {
    Sequence sequence = new Sequence("", List.of(), Finish.END, false, Optional.empty(), Optional.empty(), 2);
    return List.of(new Generation(List.of(sequence), 1, 0));
  }

  @Override
  public List<Generation> generate(List<GenerationRequest> requests, TokenListener listener) {
    entered.countDown();
    while (go.getCount() > 0) {
      if (Thread.interrupted()) throw new CancellationException("nobody waits");
      LockSupport.parkNanos(1_000_000);
    }
    return generate(requests);
  }

  @Override
  public List<Sequence> score(List<ContinuationRequest> requests) {
    throw new UnsupportedOperationException("nothing is scored here");
  }

  @Override
  public int countTokens(String text) {
    return 1;
  }

  @Override
  public String loadAdapter(Path directory) {
    throw new UnsupportedOperationException("there are no adapters here");
  }

  @Override
  public void unloadAdapter(String id) {}

  @Override
  public void close() {}

  /** Every text is one token. */
  static final class OneToken implements Tokens {
    @Override
    public int[] encode(String text) {
      return new int[] {1};
    }

    @Override
    public String decode(int... ids) {
      return "";
    }

    @Override
    public int count(List<ChatMessage> chat) {
      return 1;
    }
  }
}
