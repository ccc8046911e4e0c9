package dev.nescio.evaluation;

import dev.nescio.schemas.Accounting;
import dev.nescio.schemas.Example;
import dev.nescio.schemas.Label;
import dev.nescio.schemas.LateLabel;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What leaves the join, by where it goes. */
sealed interface Outcome {

  /** A grade, back to the labels topic. */
  record Graded(Label label) implements Outcome {}

  /** An answer with the label in force. */
  record Matched(Example example) implements Outcome {}

  /** A label that does not count. */
  record Ledgered(LateLabel label) implements Outcome {}

  /** A record that cannot be processed. */
  record SetAside(ProducerRecord<byte[], byte[]> letter) implements Outcome {}

  /** A {@link DeltaBatch} of the slice in the key. */
  record Changed(byte[] deltas) implements Outcome {}

  /** A {@link PointBatch} of the calibrator in the key. */
  record Fitted(byte[] points) implements Outcome {}

  /** Where every label and answer of the partition is. */
  record Counted(Accounting accounting) implements Outcome {}
}
