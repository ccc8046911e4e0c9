package dev.nescio.dashboard;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.topics.Topics;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every release with its gate report, and which version answers on which channel. */
public final class ReleasesSection implements Section {

  private static final int KEPT = 50;

  private final List<ModelRelease> releases = new ArrayList<>();
  private final Map<String, ModelRelease> active = new LinkedHashMap<>();
  private final Counters promotions = new Counters("promotion", "Verdicts of the gate");
  private final Counters rollbacks = new Counters("rollback", "Champions that were rolled back");
  private volatile Map<String, ModelRelease> activeNow = Map.of();
  private boolean changed;

  @Override
  public List<Feed<?>> feeds() {
    return List.of(Feed.of(Topics.MODELS, Feed.From.BEGINNING, this::fold));
  }

  private void fold(Received<ModelRelease> record) {
    ModelRelease release = record.value();
    if (release == null) return;
    releases.add(release);
    if (releases.size() > KEPT) releases.removeFirst();
    seat(release);
    activeNow = Map.copyOf(active);
    changed = true;
    String channel = release.getChannel();
    switch (release.getState()) {
      case CHAMPION -> promotions.add(Labels.of("result", "promoted", "channel", channel), 1);
      case REFUSED -> promotions.add(Labels.of("result", "refused", "channel", channel), 1);
      case ROLLED_BACK -> rollbacks.add(Labels.of("channel", channel), 1);
      case CANDIDATE, SHADOW, CANARY, RETIRED -> {
        // Not a verdict.
      }
    }
  }

  /** Who answers on the channel after this release. */
  private void seat(ModelRelease release) {
    String channel = release.getChannel();
    switch (release.getState()) {
      case CHAMPION, SHADOW, CANARY -> active.put(channel, release);
      case RETIRED, ROLLED_BACK -> {
        ModelRelease now = active.get(channel);
        if (now != null && now.getVersion().equals(release.getVersion())) active.remove(channel);
      }
      case CANDIDATE, REFUSED -> {
        // Never answered on the channel.
      }
    }
  }

  @Override
  public void publish(Hub hub) {
    if (!changed) return;
    changed = false;
    for (int i = 0; i < releases.size(); i++) {
      ModelRelease release = releases.get(i);
      boolean isActive = active.get(release.getChannel()) == release;
      hub.put("release", String.format(Locale.ROOT, "%03d", i), ReleaseView.of(release, isActive));
    }
  }

  @Override
  public List<MetricSnapshot> metrics() {
    InfoSnapshot.Builder info = InfoSnapshot.builder().name("model_active").help("Version that answers on a channel");
    activeNow.forEach(
        (channel, release) ->
            info.dataPoint(
                InfoSnapshot.InfoDataPointSnapshot.builder()
                    .labels(
                        Labels.of(
                            "model_version", release.getVersion(),
                            "digest", release.getModelDigest(),
                            "channel", channel))
                    .build()));
    return List.of(info.build(), promotions.snapshot(), rollbacks.snapshot());
  }
}
