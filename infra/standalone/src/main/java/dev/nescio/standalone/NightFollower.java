package dev.nescio.standalone;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.StepState;
import dev.nescio.schemas.TrainingProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Shows one night in the terminal, from the progress topic alone. */
final class NightFollower {

  private final NescioSystem system;
  private final LiveView view;
  private final Terminal terminal;
  private final String requestId;
  private final List<TrainingProgress> steps = new ArrayList<>();
  private int shown;

  NightFollower(NescioSystem system, LiveView view, Terminal terminal, String requestId) {
    this.system = system;
    this.view = view;
    this.terminal = terminal;
    this.requestId = requestId;
  }

  /** Returns when the night has published its release; a night that failed is an error. */
  void follow(Duration patience) {
    Await.until(
        patience, "the night to end",
        () -> {
          system.requireWell();
          showNew();
          return find().isPresent();
        });
    showNew();
  }

  /** The release of this night on the champion channel, promoted or refused. */
  ModelRelease release() {
    return find().orElseThrow(() -> new IllegalStateException("the night has not ended"));
  }

  /** The last record of every step. */
  List<TrainingProgress> steps() {
    return List.copyOf(steps);
  }

  private Optional<ModelRelease> find() {
    return view.releases().stream()
        .filter(release -> requestId.equals(release.getRecipe().get("request")))
        .filter(r -> r.getState() == ReleaseState.CHAMPION || r.getState() == ReleaseState.REFUSED)
        .findFirst();
  }

  private void showNew() {
    List<TrainingProgress> all = view.progress();
    while (shown < all.size()) {
      TrainingProgress p = all.get(shown++);
      if (p.getRequestId().equals(requestId)) show(p);
    }
  }

  private void show(TrainingProgress p) {
    String title = "%d/%d %s".formatted(p.getStepNumber(), p.getSteps(), p.getStep());
    switch (p.getState()) {
      case STARTED -> terminal.line("  " + title + ": " + p.getMessage());
      case RUNNING ->
          terminal.progress(
              title, p.getDone(), p.getTotal(), p.getUnit(),
              p.getRemainingSeconds() == null ? null : Duration.ofMillis((long) (p.getRemainingSeconds() * 1000)),
              p.getMessage());
      case DONE, REFUSED -> {
        steps.add(p);
        Double seconds = p.getFigures().get("duration_seconds");
        terminal.line(
            "      %s%s%s".formatted(
                p.getState() == StepState.REFUSED ? "refused: " : "", p.getMessage(),
                seconds == null ? "" : " (%.1f s)".formatted(seconds)));
      }
      case FAILED -> throw new UserError(p.getMessage());
      default -> throw new IllegalStateException("unknown state " + p.getState());
    }
  }
}
