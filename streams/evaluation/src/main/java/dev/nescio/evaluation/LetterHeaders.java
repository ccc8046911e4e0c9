package dev.nescio.evaluation;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** Turns what was set aside into the dead letter itself: original value, headers that say why. */
final class LetterHeaders implements FixedKeyProcessor<byte[], Outcome.SetAside, byte[]> {

  private FixedKeyProcessorContext<byte[], byte[]> context;

  @Override
  public void init(FixedKeyProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(FixedKeyRecord<byte[], Outcome.SetAside> record) {
    ProducerRecord<byte[], byte[]> letter = record.value().letter();
    context.forward(record.withValue(letter.value()).withHeaders(letter.headers()));
  }
}
