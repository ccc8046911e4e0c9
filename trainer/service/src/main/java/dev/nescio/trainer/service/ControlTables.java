package dev.nescio.trainer.service;

import dev.nescio.schemas.ModelRelease;
import dev.nescio.schemas.Reference;
import dev.nescio.schemas.ReleaseState;
import dev.nescio.schemas.serde.AvroSerdes;
import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;

/** What a night reads from the topics, as of the moment it is asked for. */
public final class ControlTables {

  private static final String CHANNEL = "champion";

  private final Clients clients;
  private final Map<String, ?> registry;

  public ControlTables(Clients clients, Map<String, ?> registry) {
    this.clients = clients;
    this.registry = Map.copyOf(registry);
  }

  /** References in force by questionId. */
  public Map<String, Reference> references() {
    try (Serde<Reference> serde = AvroSerdes.of(Topics.REFERENCES, registry)) {
      return TopicTable.latest(clients, Topics.REFERENCES, serde.deserializer());
    }
  }

  /** The release that answers on the champion channel; empty for the base as loaded. */
  public Optional<ModelRelease> champion() {
    List<ModelRelease> standing = new ArrayList<>();
    try (Serde<ModelRelease> serde = AvroSerdes.of(Topics.MODELS, registry)) {
      TopicTable.forEach(
          clients, Topics.MODELS, serde.deserializer(),
          (channel, release) -> {
            if (!CHANNEL.equals(channel) || release == null) return;
            standing.removeIf(earlier -> earlier.getVersion().equals(release.getVersion()));
            if (release.getState() == ReleaseState.CHAMPION) standing.add(release);
          });
    }
    return standing.isEmpty() ? Optional.empty() : Optional.of(standing.getLast());
  }
}
