package dev.nescio.schemas.topics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a broker's topics to what {@link Topics} says. Applying it twice changes nothing the second time.
 *
 * @param created    topics that were made
 * @param altered    topics whose configuration was changed
 * @param unchanged  topics that were right
 * @param partitions the count that all keyed input topics share
 */
public record TopicPlan(List<String> created, List<String> altered, List<String> unchanged, int partitions) {

  private static final Logger LOG = LoggerFactory.getLogger(TopicPlan.class);
  private static final long TIMEOUT_SECONDS = 60;
  private static final long POLL_NANOS = 20_000_000;

  /**
   * Creates what is missing and corrects configurations. When keyed input topics exist already with one common count,
   * missing ones get that count, not the given one.
   *
   * @param partitions        count for topics that are not there, at least 1
   * @param replicationFactor for topics that are not there, at least 1
   * @throws TopicPlanException when keyed input topics differ in their count, or a single-partition topic has more
   */
  public static TopicPlan apply(Admin admin, int partitions, short replicationFactor) {
    return apply(admin, Topics.ALL, partitions, replicationFactor);
  }

  static TopicPlan apply(Admin admin, Collection<TopicSpec> specs, int partitions, short replicationFactor) {
    if (partitions < 1 || replicationFactor < 1) {
      throw new IllegalArgumentException("Partitions (" + partitions + ") and replication factor ("
          + replicationFactor + ") are at least 1");
    }
    Map<String, Integer> existing = partitionCounts(admin, specs);
    int shared = sharedCount(specs, existing).orElse(partitions);
    if (shared != partitions) {
      LOG.info("Keyed input topics have {} partitions already, so {} is not used", shared, partitions);
    }
    List<String> created = create(admin, specs.stream().filter(s -> !existing.containsKey(s.name())).toList(),
        shared, replicationFactor);
    awaitVisible(admin, specs);
    List<TopicSpec> others = specs.stream().filter(s -> !created.contains(s.name())).toList();
    List<String> altered = alter(admin, others);
    List<String> unchanged = others.stream().map(TopicSpec::name).filter(n -> !altered.contains(n)).toList();
    return new TopicPlan(created, altered, unchanged, shared);
  }

  /**
   * Checks without changing anything.
   *
   * @return the count that all keyed input topics share
   * @throws TopicPlanException when a topic is missing or counts are wrong
   */
  public static int check(Admin admin) {
    Map<String, Integer> existing = partitionCounts(admin, Topics.ALL);
    List<String> missing = Topics.ALL.stream().map(TopicSpec::name).filter(n -> !existing.containsKey(n)).toList();
    if (!missing.isEmpty()) {
      throw new TopicPlanException("Topics are missing: " + String.join(", ", missing)
          + ". Create them with: nescio topics apply", null);
    }
    return sharedCount(Topics.ALL, existing).orElseThrow();
  }

  private static Optional<Integer> sharedCount(Collection<TopicSpec> specs, Map<String, Integer> existing) {
    Map<String, Integer> keyed = new TreeMap<>();
    for (TopicSpec spec : specs) {
      Integer count = existing.get(spec.name());
      if (count != null && spec.keyedInput()) {
        keyed.put(spec.name(), count);
      }
      if (count != null && spec.partitions() == TopicSpec.Partitions.SINGLE && count != 1) {
        throw new TopicPlanException("Topic " + spec.name() + " has " + count + " partitions and needs exactly 1. "
            + "Delete it and run: nescio topics apply", null);
      }
    }
    Set<Integer> counts = Set.copyOf(keyed.values());
    if (counts.size() > 1) {
      String found = keyed.entrySet().stream().map(e -> e.getKey() + " has " + e.getValue())
          .collect(Collectors.joining(", "));
      throw new TopicPlanException("Keyed input topics must share one partition count, but " + found
          + ". Re-create the ones that differ; adding partitions would move keys", null);
    }
    return counts.stream().findFirst();
  }

  private static Map<String, Integer> partitionCounts(Admin admin, Collection<TopicSpec> specs) {
    Map<String, Integer> counts = new TreeMap<>();
    admin.describeTopics(specs.stream().map(TopicSpec::name).toList()).topicNameValues().forEach((name, future) -> {
      try {
        TopicDescription description = future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        counts.put(name, description.partitions().size());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw failed("describe topic " + name, e.getCause());
        }
      } catch (InterruptedException | TimeoutException e) {
        throw interrupted("describe topic " + name, e);
      }
    });
    return counts;
  }

  private static List<String> create(Admin admin, List<TopicSpec> missing, int shared, short replicationFactor) {
    List<NewTopic> topics = missing.stream()
        .map(s -> new NewTopic(s.name(), s.partitionCount(shared), replicationFactor).configs(s.config())).toList();
    List<String> created = new ArrayList<>();
    admin.createTopics(topics).values().forEach((name, future) -> {
      try {
        future.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        created.add(name);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw failed("create topic " + name, e.getCause());
        }
        LOG.info("Topic {} was created by somebody else meanwhile", name);
      } catch (InterruptedException | TimeoutException e) {
        throw interrupted("create topic " + name, e);
      }
    });
    created.sort(null);
    return List.copyOf(created);
  }

  /** A broker answers about a topic a little after the controller has made it; also checks what others made. */
  private static void awaitVisible(Admin admin, Collection<TopicSpec> specs) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    Map<String, Integer> visible = partitionCounts(admin, specs);
    while (visible.size() < specs.size()) {
      if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
        throw new TopicPlanException("Topics were created, but after " + TIMEOUT_SECONDS + " s the broker knows only "
            + visible.keySet(), null);
      }
      LockSupport.parkNanos(POLL_NANOS);
      visible = partitionCounts(admin, specs);
    }
    sharedCount(specs, visible);
  }

  private static List<String> alter(Admin admin, List<TopicSpec> specs) {
    Map<ConfigResource, TopicSpec> resources = specs.stream().collect(
        Collectors.toMap(s -> new ConfigResource(ConfigResource.Type.TOPIC, s.name()), s -> s));
    try {
      Map<ConfigResource, Config> current =
          admin.describeConfigs(resources.keySet()).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
      current.forEach((resource, config) -> {
        List<AlterConfigOp> ops = resources.get(resource).config().entrySet().stream()
            .filter(e -> !e.getValue().equals(config.get(e.getKey()).value()))
            .map(e -> new AlterConfigOp(new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
            .toList();
        if (!ops.isEmpty()) {
          changes.put(resource, ops);
        }
      });
      if (!changes.isEmpty()) {
        admin.incrementalAlterConfigs(changes).all().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      }
      return changes.keySet().stream().map(ConfigResource::name).sorted().toList();
    } catch (ExecutionException e) {
      throw failed("configure topics", e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw interrupted("configure topics", e);
    }
  }

  private static TopicPlanException failed(String what, Throwable cause) {
    return new TopicPlanException("Cannot " + what + ": " + cause.getMessage(), cause);
  }

  private static TopicPlanException interrupted(String what, Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return new TopicPlanException("Interrupted while trying to " + what, e);
    }
    return new TopicPlanException("The broker took more than " + TIMEOUT_SECONDS + " s to " + what, e);
  }
}
