package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nescio.schemas.topics.TopicSpec.Cleanup;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicsTest {

  @Test
  void namesAreUniqueAndVersioned() {
    assertThat(Topics.ALL).extracting(TopicSpec::name).doesNotHaveDuplicates()
        .allMatch(name -> name.matches("qa\\.[a-z-]+\\.v1")).hasSize(18);
  }

  @Test
  void everyTopicOfAvroHasASchemaWithDocumentation() {
    for (Topic<?> topic : Topics.AVRO) {
      assertThat(topic.schema().getDoc()).as(topic.name()).isNotBlank();
      assertThat(topic.schema().getNamespace()).isEqualTo("dev.nescio.schemas");
      assertThat(topic.subject()).isEqualTo(topic.name() + "-value");
    }
  }

  @Test
  void cleanupIsWhatTheBrokerReads() {
    assertThat(Topics.REFERENCES.spec().config()).containsEntry("cleanup.policy", "compact")
        .doesNotContainKey("retention.ms");
    assertThat(Topics.CALIBRATION_HISTORY.spec().config())
        .containsEntry("retention.ms", Long.toString(Duration.ofDays(90).toMillis()));
    assertThat(Topics.POLICIES.spec().config()).containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "-1");
  }

  @Test
  void questionsAndAllThatMeetThemShareAPartitionCount() {
    assertThat(Topics.ALL.stream().filter(TopicSpec::keyedInput).map(TopicSpec::name)).containsExactlyInAnyOrder(
        "qa.questions.v1", "qa.references.v1", "qa.answers.v1", "qa.labels.v1", "qa.evidence.v1");
    assertThat(Topics.TRAINING_REQUESTS.spec().partitionCount(6)).isEqualTo(1);
    assertThat(Topics.QUESTIONS.spec().partitionCount(6)).isEqualTo(6);
  }

  @Test
  void labelsAreKeptAtLeastAsLongAsAnswers() {
    assertThat(Map.of("a", Topics.ANSWERS, "q", Topics.QUESTIONS, "l", Topics.LABELS).values())
        .allMatch(t -> t.spec().cleanup() == Cleanup.DELETE)
        .extracting(t -> t.spec().retention()).containsOnly(Topics.ANSWERS.spec().retention());
  }
}
