package dev.nescio.loadtests.kill;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.loadtests.LoadTestException;
import dev.nescio.loadtests.Target;
import dev.nescio.schemas.topics.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;

/**
 * Asks the brokers about transactions, groups and themselves. Every question may fail with a
 * {@link NotNowException} while a broker goes or comes.
 */
final class Watch implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROCESS_FILE = "kafka-streams-process-metadata";

  private final Admin admin;

  /** The brokers cannot tell now; asked again they may. */
  static final class NotNowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNowException(Throwable cause) {
      super("the brokers cannot tell now: " + cause.getMessage(), cause);
    }
  }

  Watch(Target target) {
    Map<String, Object> settings = new HashMap<>(target.clients().admin());
    // A sleeping broker answers nobody: others are asked soon.
    settings.put("request.timeout.ms", 3_000);
    settings.put("default.api.timeout.ms", 20_000);
    admin = Admin.create(settings);
  }

  /** Transactional ids of an instance of inference: one. */
  static List<String> ofInference(String instance) {
    return List.of(InferenceMain.GROUP + "-" + instance);
  }

  /** Transactional ids of an instance of evaluation, by the name that its state directory remembers. */
  List<String> ofEvaluation(Path state) throws InterruptedException {
    String prefix;
    try {
      prefix = EvaluationMain.APPLICATION + "-"
          + JSON.readTree(state.resolve(EvaluationMain.APPLICATION).resolve(PROCESS_FILE).toFile())
              .required("processId").asText();
    } catch (IOException | IllegalArgumentException e) {
      throw new LoadTestException("cannot read the process id of evaluation in " + state + ": " + e.getMessage(), e);
    }
    return get(admin.listTransactions().all()).stream().map(TransactionListing::transactionalId)
        .filter(id -> id.startsWith(prefix)).toList();
  }

  /** The transaction of these ids that is furthest: ending before open before none; empty when none can be asked. */
  Optional<TransactionDescription> transaction(Collection<String> ids) throws InterruptedException {
    if (ids.isEmpty()) return Optional.empty();
    Optional<TransactionDescription> found = Optional.empty();
    for (TransactionDescription each : get(admin.describeTransactions(ids).all()).values()) {
      if (found.isEmpty() || rank(each) > rank(found.get())) found = Optional.of(each);
    }
    return found;
  }

  static boolean isOpen(TransactionDescription transaction) {
    return transaction.state() == TransactionState.ONGOING;
  }

  static boolean isEnding(TransactionDescription transaction) {
    return transaction.state() == TransactionState.PREPARE_COMMIT
        || transaction.state() == TransactionState.PREPARE_ABORT;
  }

  /** True when the group works without a member of this name. */
  boolean worksWithout(String group, String instance) throws InterruptedException {
    ConsumerGroupDescription description = get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    return description.groupState() == GroupState.STABLE
        && description.members().stream().noneMatch(member -> isOf(instance, member.groupInstanceId()))
        && description.members().stream().anyMatch(member -> !member.assignment().topicPartitions().isEmpty());
  }

  /** Partitions that members of this name hold. */
  int held(String group, String instance) throws InterruptedException {
    return get(admin.describeConsumerGroups(List.of(group)).all()).get(group).members().stream()
        .filter(member -> isOf(instance, member.groupInstanceId()))
        .mapToInt(member -> member.assignment().topicPartitions().size()).sum();
  }

  /** The broker that leads the controllers. */
  int controller() throws InterruptedException {
    return get(admin.describeMetadataQuorum().quorumInfo()).leaderId();
  }

  /** The broker that leads a partition of labels. */
  int leaderOfLabels(int partition) throws InterruptedException {
    String topic = Topics.LABELS.name();
    return get(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic).partitions().get(partition).leader()
        .id();
  }

  /** True when the controller has taken the broker out of service. */
  boolean isFenced(int broker) throws InterruptedException {
    Collection<Node> nodes =
        get(admin.describeCluster(new DescribeClusterOptions().includeFencedBrokers(true)).nodes());
    return nodes.stream().noneMatch(node -> node.id() == broker && !node.isFenced());
  }

  private static boolean isOf(String instance, Optional<String> member) {
    // Kafka Streams appends the number of the thread.
    return member.isPresent() && (member.get().equals(instance) || member.get().startsWith(instance + "-"));
  }

  private static int rank(TransactionDescription transaction) {
    if (isEnding(transaction)) return 2;
    return isOpen(transaction) ? 1 : 0;
  }

  private static <T> T get(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new NotNowException(e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
