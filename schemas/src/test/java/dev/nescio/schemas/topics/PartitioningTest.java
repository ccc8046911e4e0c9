package dev.nescio.schemas.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class PartitioningTest {

  /** Hashes are the vectors that Kafka's and librdkafka's own tests use; partition = (hash and 0x7fffffff) mod 12. */
  @ParameterizedTest
  @CsvSource({"21, -973932308", "foobar, -790332482", "a-little-bit-long-string, -985981536",
      "a-little-bit-longer-string, -1486304829", "abc, 479470107"})
  void choosesAsEveryKafkaClientDoes(String key, int murmur2) {
    assertThat(Partitioning.expectedPartition(key, 12)).isEqualTo((murmur2 & 0x7fffffff) % 12);
    assertThat(Partitioning.expectedPartition(key, 1)).isZero();
  }

  @Test
  void refusesNoPartitions() {
    assertThatThrownBy(() -> Partitioning.expectedPartition("a", 0)).hasMessageContaining("at least one partition");
  }

  @Test
  void namesTheFixForOtherClients() {
    assertThat(Partitioning.wrongPartitionMessage("qa.questions.v1", "k", 3, 4))
        .contains("partition 3 of qa.questions.v1").contains("partitioner=murmur2_random");
  }
}
