package dev.nescio.inference;

import dev.nescio.answering.Prompts;
import dev.nescio.inference.CalibratorBook.Fitted;
import dev.nescio.language.AdaptableModel;
import dev.nescio.schemas.ModelRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The releases that are loaded and answer, one a channel. A release that cannot be loaded, or is not what its record
 * says, changes nothing: the one before it goes on answering and {@link #failures} says why.
 *
 * <p>Releases are followed by one thread, and used by any number. A release that was replaced is freed when the last
 * question that began with it is answered; nobody waits for that, nor for the loading of the next.
 */
final class ModelSlots {

  static final String BASE_VERSION = "base";

  private static final Logger log = LoggerFactory.getLogger(ModelSlots.class);

  private final AdaptableModel model;
  private final Path artifacts;
  private final Map<String, Loading> loadings = new HashMap<>(); // guarded by itself
  private final Map<String, String> failures = new ConcurrentHashMap<>();
  private final Map<String, ModelRelease> loaded = new HashMap<>();
  private boolean closed; // guarded by loadings

  /**
   * What answers on a channel.
   *
   * @param modelVersion of the release, or {@code base}
   * @param modelDigest  of base and adapter together
   * @param adapter      id of the loaded adapter, its SHA-256; empty for the base
   * @param calibrator   that the release came with
   */
  record Slot(String modelVersion, String modelDigest, Optional<String> adapter, Optional<Fitted> calibrator) {}

  /** A slot on a channel, for as long as it is there or in use. */
  private final class Loading {
    private final Slot slot;
    private int uses; // guarded by loadings
    private boolean replaced; // guarded by loadings

    private Loading(Slot slot) {
      this.slot = slot;
    }
  }

  /** Keeps a slot loaded until it is closed, once. */
  final class Use implements AutoCloseable {
    private final Loading loading;

    private Use(Loading loading) {
      this.loading = loading;
    }

    Slot slot() {
      return loading.slot;
    }

    @Override
    public void close() {
      boolean last;
      synchronized (loadings) {
        last = --loading.uses == 0 && loading.replaced;
      }
      if (last) free(loading.slot);
    }
  }

  /**
   * @param artifacts directory that relative locations are below
   */
  ModelSlots(AdaptableModel model, Path artifacts) {
    this.model = model;
    this.artifacts = artifacts;
    loadings.put(ReleaseBook.CHAMPION, new Loading(base()));
  }

  /** What answers on the channel; empty on the shadow channel without a release. */
  Optional<Slot> slot(String channel) {
    synchronized (loadings) {
      return Optional.ofNullable(loadings.get(channel)).map(loading -> loading.slot);
    }
  }

  /** The same, to answer with. */
  Optional<Use> use(String channel) {
    synchronized (loadings) {
      Optional<Loading> loading = Optional.ofNullable(loadings.get(channel));
      loading.ifPresent(l -> l.uses++);
      return loading.map(Use::new);
    }
  }

  /** Why the release in force on a channel does not answer, by channel. */
  Map<String, String> failures() {
    return new TreeMap<>(failures);
  }

  /** Makes the releases in force answer, as far as they can be loaded. One thread only. */
  void follow(ReleaseBook releases) {
    for (String channel : List.of(ReleaseBook.CHAMPION, ReleaseBook.SHADOW)) {
      Optional<ModelRelease> release = releases.inForce(channel);
      if (release.isEmpty()) {
        failures.remove(channel);
        loaded.remove(channel);
        swap(channel, channel.equals(ReleaseBook.CHAMPION) ? Optional.of(base()) : Optional.empty());
      } else if (!release.get().equals(loaded.get(channel))) {
        load(channel, release.get());
      }
    }
  }

  private void load(String channel, ModelRelease release) {
    try {
      Slot slot = slot(release);
      failures.remove(channel);
      loaded.put(channel, release);
      swap(channel, Optional.of(slot));
    } catch (IOException | RuntimeException e) {
      String answering = slot(channel).map(Slot::modelVersion).orElse("nothing");
      failures.put(
          channel, "release " + release.getVersion() + " is not loaded, " + answering + " goes on: " + e.getMessage());
      log.error("{} channel: release {} is not loaded, {} goes on", channel, release.getVersion(), answering, e);
    }
  }

  private Slot slot(ModelRelease release) throws IOException {
    require(release, "base digest", model.identity().digest(), release.getBaseDigest());
    // An adapter is bound to the prompt that it was trained with.
    require(release, "prompt template", Prompts.ZERO_SHOT, release.getPromptTemplate());
    Optional<String> adapter = Optional.empty();
    if (release.getAdapterDigest() != null) {
      if (release.getLocation() == null) throw new IOException("the release names an adapter but no location of it");
      String id = model.loadAdapter(artifacts.resolve(release.getLocation()));
      adapter = Optional.of(id);
    }
    try {
      adapter.ifPresent(id -> require(release, "adapter digest", id, release.getAdapterDigest()));
      require(release, "model digest", model.digest(adapter), release.getModelDigest());
      Optional<Fitted> calibrator = Optional.ofNullable(release.getCalibrator()).map(Fitted::of);
      return new Slot(release.getVersion(), release.getModelDigest(), adapter, calibrator);
    } catch (RuntimeException e) {
      adapter.ifPresent(model::unloadAdapter);
      throw e;
    }
  }

  private static void require(ModelRelease release, String what, String found, String named) {
    if (!found.equals(named)) {
      throw new IllegalArgumentException(
          "the " + what + " is " + found + ", but release " + release.getVersion() + " names " + named);
    }
  }

  private void swap(String channel, Optional<Slot> next) {
    Optional<Slot> before;
    List<Slot> unused = new ArrayList<>();
    synchronized (loadings) {
      before = slot(channel);
      Loading gone = loadings.remove(channel);
      if (gone != null && replace(gone)) unused.add(gone.slot);
      if (closed) next.ifPresent(unused::add);
      else next.ifPresent(slot -> loadings.put(channel, new Loading(slot)));
    }
    if (!before.equals(next)) {
      log.info("{} channel: {} answers", channel, next.map(Slot::modelVersion).orElse("nothing"));
    }
    unused.forEach(this::free);
  }

  /** Returns true if nobody uses it any more. */
  private static boolean replace(Loading gone) {
    gone.replaced = true;
    return gone.uses == 0;
  }

  /** A server may have forgotten an adapter by itself; then there is nothing to take back. */
  private void free(Slot slot) {
    try {
      slot.adapter().ifPresent(model::unloadAdapter);
    } catch (RuntimeException e) {
      log.warn("the adapter of release {} could not be taken back", slot.modelVersion(), e);
    }
  }

  /** Takes every loading back: now, or at the end of its last use. */
  void close() {
    List<Slot> unused = new ArrayList<>();
    synchronized (loadings) {
      closed = true;
      for (Loading loading : loadings.values()) if (replace(loading)) unused.add(loading.slot);
      loadings.clear();
    }
    unused.forEach(this::free);
  }

  private Slot base() {
    return new Slot(BASE_VERSION, model.digest(Optional.empty()), Optional.empty(), Optional.empty());
  }
}
