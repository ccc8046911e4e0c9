package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nescio.broker.BrokerConfig;
import dev.nescio.broker.EmbeddedBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker. */
class TopicPlanTest {

  @TempDir
  static Path directory;
  private static EmbeddedBroker broker;
  private static Admin admin;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(new BrokerConfig(directory, 0));
    admin = Admin.create(Clients.at(broker.bootstrapServers()).admin());
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @BeforeEach
  void empty() throws Exception {
    admin.deleteTopics(admin.listTopics().names().get()).all().get();
    Awaitility.await().until(() -> admin.listTopics().names().get().isEmpty());
  }

  @Test
  void createsEveryTopicAndChangesNothingTheSecondTime() throws Exception {
    assertThatThrownBy(() -> TopicPlan.check(admin)).hasMessageContaining("qa.questions.v1")
        .hasMessageContaining("nescio topics apply");
    TopicPlan first = TopicPlan.apply(admin, 3, (short) 1);
    TopicPlan second = TopicPlan.apply(admin, 5, (short) 1);

    assertThat(first.created()).hasSize(18);
    assertThat(second.created()).isEmpty();
    assertThat(second.altered()).isEmpty();
    assertThat(second.unchanged()).hasSize(18);
    assertThat(second.partitions()).as("the count that is there wins").isEqualTo(3);
    assertThat(TopicPlan.check(admin)).isEqualTo(3);
    assertThat(admin.describeTopics(List.of("qa.training-requests.v1")).allTopicNames().get().values())
        .allMatch(t -> t.partitions().size() == 1);
  }

  @Test
  void correctsADriftedConfiguration() throws Exception {
    TopicPlan.apply(admin, 1, (short) 1);
    ConfigResource references = new ConfigResource(ConfigResource.Type.TOPIC, "qa.references.v1");
    admin.incrementalAlterConfigs(Map.of(references, List.of(new AlterConfigOp(
        new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET)))).all().get();
    Awaitility.await().until(() -> "delete".equals(cleanup(references)));

    assertThat(TopicPlan.apply(admin, 1, (short) 1).altered()).containsExactly("qa.references.v1");
    Awaitility.await().until(() -> "compact".equals(cleanup(references)));
  }

  private static String cleanup(ConfigResource topic) throws Exception {
    return admin.describeConfigs(List.of(topic)).all().get().get(topic).get("cleanup.policy").value();
  }

  @Test
  void refusesKeyedTopicsThatDiffer() throws Exception {
    create(new NewTopic("qa.questions.v1", 2, (short) 1), new NewTopic("qa.labels.v1", 3, (short) 1));

    assertThatThrownBy(() -> TopicPlan.apply(admin, 2, (short) 1)).isInstanceOf(TopicPlanException.class)
        .hasMessageContaining("qa.labels.v1 has 3, qa.questions.v1 has 2").hasMessageContaining("share one");
  }

  @Test
  void refusesASingleTopicWithMore() throws Exception {
    create(new NewTopic("qa.training-requests.v1", 2, (short) 1));

    assertThatThrownBy(() -> TopicPlan.apply(admin, 2, (short) 1))
        .hasMessageContaining("qa.training-requests.v1 has 2 partitions and needs exactly 1");
  }

  private static void create(NewTopic... topics) throws Exception {
    admin.createTopics(List.of(topics)).all().get();
    Awaitility.await().until(() -> admin.listTopics().names().get().size() == topics.length);
  }
}
