package dev.nescio.platform;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The platforms a test can run on. System property {@value #CHOSEN} names those to run, separated by commas
 * ({@code embedded,containers}). One that is named must be there: without a Docker engine {@code containers} then fails.
 * When none is named all run, and containers are skipped, saying why, where there is no engine or no image.
 */
public enum PlatformKind {

  /** A KRaft broker and our registry, in this process. */
  EMBEDDED {
    @Override
    Platform open(Path directory) {
      return new EmbeddedPlatform(directory);
    }
  },

  /** A Kafka broker and Apicurio Registry, each in a container. */
  CONTAINERS {
    @Override
    Platform open(Path directory) {
      return ContainerPlatform.start(Images.configured());
    }

    @Override
    void requireThere() {
      Docker.problem(Images.configured()).ifPresent(problem -> {
        throw new IllegalStateException(problem);
      });
    }
  };

  static final String CHOSEN = "nescio.platforms";
  private static final Logger LOG = LoggerFactory.getLogger(PlatformKind.class);

  /**
   * Starts a platform.
   *
   * @param directory where an embedded platform keeps its files; made when it does not exist
   * @throws TestAbortedException  if this platform is not wanted, or not to be had and not asked for by name
   * @throws IllegalStateException if it was asked for by name and is not to be had
   */
  public Platform start(Path directory) {
    List<String> chosen = chosen(System.getProperty(CHOSEN, ""));
    if (!chosen.isEmpty() && !chosen.contains(name())) {
      throw new TestAbortedException(name() + " is not among " + CHOSEN + "=" + String.join(",", chosen));
    }
    try {
      requireThere();
    } catch (IllegalStateException e) {
      if (!chosen.isEmpty()) throw e;
      String skipped = "SKIPPED on " + name() + ": " + e.getMessage();
      LOG.warn(skipped);
      throw new TestAbortedException(skipped);
    }
    return open(directory);
  }

  abstract Platform open(Path directory);

  /** Throws with the reason when this platform cannot be had on this machine. */
  void requireThere() {}

  /** Names of {@code a,b} in upper case. */
  static List<String> chosen(String property) {
    List<String> names = Arrays.stream(property.split(",")).map(name -> name.strip().toUpperCase(Locale.ROOT))
        .filter(name -> !name.isEmpty()).toList();
    List<String> known = Arrays.stream(values()).map(Enum::name).toList();
    if (!known.containsAll(names)) {
      throw new IllegalArgumentException(CHOSEN + "=" + property + ": known are "
          + String.join(", ", known).toLowerCase(Locale.ROOT));
    }
    return names;
  }
}
