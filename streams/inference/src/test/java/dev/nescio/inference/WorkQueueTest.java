package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class WorkQueueTest {

  private final WorkQueue queue = new WorkQueue();
  private final Lane lane = new Lane(new TopicPartition("t", 0));

  @Test
  void takesWhatIsThereInOrderUpToTheMaximum() throws InterruptedException {
    for (int i = 0; i < 5; i++) queue.add(work(lane, i));
    assertThat(queue.take(3, Duration.ZERO, Duration.ZERO)).extracting(Work::offset).containsExactly(0L, 1L, 2L);
    assertThat(queue.take(3, Duration.ZERO, Duration.ZERO)).extracting(Work::offset).containsExactly(3L, 4L);
    assertThat(queue.take(3, Duration.ZERO, Duration.ZERO)).isEmpty();
  }

  @Test
  void leavesOutWhatBelongsToARevokedLane() throws InterruptedException {
    Lane other = new Lane(new TopicPartition("t", 1));
    queue.add(work(lane, 0));
    queue.add(work(other, 1));
    lane.revoke();
    assertThat(queue.take(3, Duration.ZERO, Duration.ZERO)).extracting(Work::offset).containsExactly(1L);
    queue.add(work(lane, 2));
    queue.dropRevoked();
    assertThat(queue.size()).isZero();
  }

  @Test
  void waitsForABatchToFillButNotLonger() throws InterruptedException {
    queue.add(work(lane, 0));
    Thread late = Thread.ofVirtual().start(() -> queue.add(work(lane, 1)));
    assertThat(queue.take(2, Duration.ZERO, Duration.ofSeconds(10))).hasSize(2);
    late.join();
    queue.add(work(lane, 2));
    assertThat(queue.take(2, Duration.ZERO, Duration.ofMillis(5))).hasSize(1);
  }

  private static Work work(Lane lane, long offset) {
    return new Work(lane, offset, "q" + offset, Records.question("q", "a"), 0);
  }
}
