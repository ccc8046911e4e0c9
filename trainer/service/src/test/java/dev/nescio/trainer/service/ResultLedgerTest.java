package dev.nescio.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.Topics;
import dev.nescio.trainer.service.ResultLedger.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLedgerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  /** Gives up on an absent broker within seconds. */
  private static final Map<String, String> IMPATIENT =
      Map.of("max.block.ms", "2000", "request.timeout.ms", "1000", "delivery.timeout.ms", "2000", "linger.ms", "0");

  @TempDir Path directory;
  private Platform platform;

  @BeforeEach
  void startPlatform() {
    platform = new Platform(directory);
  }

  @AfterEach
  void stopPlatform() {
    platform.close();
  }

  private Clients impatient() {
    return new Clients(platform.clients().bootstrapServers(), IMPATIENT);
  }

  private static ConsumerRecord<byte[], byte[]> requestAt(long offset) {
    return new ConsumerRecord<>(Platform.REQUESTS.topic(), 0, offset, null, null);
  }

  private static List<ProducerRecord<byte[], byte[]>> letter(int bytes) {
    return List.of(
        new ProducerRecord<>(Topics.DEAD_LETTERS.name(), "k".getBytes(StandardCharsets.UTF_8), new byte[bytes]));
  }

  private long letters() {
    return platform.records(Topics.DEAD_LETTERS.name()).size();
  }

  /** The markers of a committed transaction reach each partition in its own time. */
  private void awaitVisible(long letters, long offset) {
    await().atMost(PATIENCE).untilAsserted(() -> {
      assertThat(letters()).isEqualTo(letters);
      assertThat(platform.committed()).contains(offset);
    });
  }

  @Test
  void onlyTheOneOpenedLastWrites() {
    try (ResultLedger older = new ResultLedger(platform.clients(), "one");
        ResultLedger newer = new ResultLedger(platform.clients(), "one")) {
      older.open();
      newer.open();
      assertThat(older.write(letter(1), requestAt(0), platform.group())).isEqualTo(Outcome.FENCED);
      assertThat(older.isOpen()).isFalse();
      assertThat(letters()).isZero();
      assertThat(newer.write(letter(1), requestAt(0), platform.group())).isEqualTo(Outcome.COMMITTED);
      awaitVisible(1, 1);
    }
  }

  @Test
  void aBrokerThatDoesNotAnswerLeavesItInDoubtAndANewProducerDecides() {
    try (ResultLedger ledger = new ResultLedger(impatient(), "one")) {
      ledger.open();
      assertThat(ledger.write(letter(1), requestAt(0), platform.group())).isEqualTo(Outcome.COMMITTED);
      awaitVisible(1, 1);
      platform.stopBroker();
      assertThat(ledger.write(letter(1), requestAt(1), platform.group())).isEqualTo(Outcome.IN_DOUBT);
      assertThat(ledger.isOpen()).isFalse();
      platform.startBrokerAgain();
      await().atMost(PATIENCE).ignoreExceptions().until(() -> {
        ledger.open();
        return true;
      });
      assertThat(platform.committed()).as("nothing of it was committed").contains(1L);
      assertThat(ledger.write(letter(1), requestAt(1), platform.group())).isEqualTo(Outcome.COMMITTED);
      awaitVisible(2, 2);
    }
  }

  @Test
  void whatIsTooLargeIsRefusedAndNothingIsWritten() {
    try (ResultLedger ledger = new ResultLedger(platform.clients(), "one")) {
      ledger.open();
      assertThatThrownBy(() -> ledger.write(letter(3_000_000), requestAt(0), platform.group()))
          .isInstanceOf(KafkaException.class);
      ledger.open();
      assertThat(platform.committed()).isEmpty();
      assertThat(letters()).isZero();
    }
  }

  @Test
  void aNightThatEndsWhileTheBrokerIsAwayIsPublishedWhenItIsBack() {
    HeldNights nights = new HeldNights();
    TrainerApp app = new TrainerApp(impatient(), platform.registry(), nights, Clock.systemUTC());
    try (app) {
      app.start();
      long offset = platform.request("patient");
      await().atMost(PATIENCE).until(() -> !nights.started.isEmpty());
      platform.stopBroker();
      nights.permits.release(10);
      platform.startBrokerAgain();
      await().atMost(PATIENCE).ignoreExceptions()
          .until(() -> platform.committed().orElse(0L) > offset);
      await().atMost(PATIENCE).untilAsserted(() -> {
        assertThat(platform.read(Topics.MODELS)).hasSize(1);
        assertThat(platform.read(Topics.KNOWLEDGE)).hasSize(1);
      });
      assertThat(app.failure()).isEmpty();
    }
  }
}
