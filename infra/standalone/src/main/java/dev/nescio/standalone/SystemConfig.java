package dev.nescio.standalone;

import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.trainer.service.NightConfig;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What runs in this process.
 *
 * @param directory        broker log, registry, stream state and artifacts
 * @param port             port of the page; 0 for any free one
 * @param external         an existing Kafka and registry; empty to start both here
 * @param parts            what is started
 * @param partitions       of the keyed input topics, when they are made
 * @param night            what the trainer does
 * @param judgeModel       the judge's own model; empty for the one that answers
 */
record SystemConfig(
    Path directory, int port, Optional<External> external, Set<Part> parts, int partitions, NightConfig night,
    Optional<LocalModelConfig> judgeModel) {

  /** Without a model of the judge's own. */
  SystemConfig(
      Path directory, int port, Optional<External> external, Set<Part> parts, int partitions, NightConfig night) {
    this(directory, port, external, parts, partitions, night, Optional.empty());
  }

  SystemConfig {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(night, "night");
    parts = Set.copyOf(parts);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("--port must be between 0 and 65535, is " + port);
    }
    if (partitions < 1) throw new IllegalArgumentException("partitions must be at least 1, is " + partitions);
    if (parts.isEmpty()) throw new IllegalArgumentException("nothing to start: --only names no part");
  }

  /** An existing Kafka and its registry. */
  record External(String bootstrapServers, String registryUrl) {}

  /** What can be started on its own; all meet at topics. */
  enum Part {
    INFERENCE,
    EVALUATION,
    JUDGE,
    TRAINER,
    DASHBOARD;

    /** True when it needs the language model in this process. */
    boolean needsModel() {
      return this == INFERENCE || this == TRAINER || this == JUDGE;
    }

    /** What is started when nothing is named: a judge is slow, so it runs where somebody asked for it. */
    static Set<Part> standard() {
      return EnumSet.complementOf(EnumSet.of(JUDGE));
    }
  }
}
