package dev.nescio.inference;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.ReleaseState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which release should answer on each channel, folded from their history: the last one that was made CHAMPION on the
 * champion channel or SHADOW on the shadow channel. When that one is retired, refused or rolled back, the one before it
 * comes back. Immutable.
 */
final class ReleaseBook {

  static final String CHAMPION = "champion";
  static final String SHADOW = "shadow";

  static final ReleaseBook EMPTY = new ReleaseBook(Map.of());

  /** By channel, oldest first; the last one is in force. */
  private final Map<String, List<ModelRelease>> standing;

  private ReleaseBook(Map<String, List<ModelRelease>> standing) {
    this.standing = Map.copyOf(standing);
  }

  ReleaseBook with(ModelRelease release) {
    String channel = release.getChannel();
    List<ModelRelease> releases = new ArrayList<>(standing.getOrDefault(channel, List.of()));
    ReleaseState state = release.getState();
    boolean enters = channel.equals(SHADOW) ? state == ReleaseState.SHADOW : state == ReleaseState.CHAMPION;
    boolean leaves =
        state == ReleaseState.RETIRED || state == ReleaseState.ROLLED_BACK || state == ReleaseState.REFUSED;
    if (!enters && !leaves) return this;
    releases.removeIf(r -> r.getVersion().equals(release.getVersion()));
    if (enters) releases.add(release);
    Map<String, List<ModelRelease>> copy = new HashMap<>(standing);
    copy.put(channel, List.copyOf(releases));
    return new ReleaseBook(copy);
  }

  /** The release that should answer; empty for the model as loaded. */
  Optional<ModelRelease> inForce(String channel) {
    List<ModelRelease> releases = standing.getOrDefault(channel, List.of());
    return releases.isEmpty() ? Optional.empty() : Optional.of(releases.getLast());
  }
}
