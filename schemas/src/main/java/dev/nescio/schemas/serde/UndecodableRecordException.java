package dev.nescio.schemas.serde;

import org.apache.kafka.common.errors.SerializationException;

/** Bytes that are not a record of the topic; belongs to the dead letters, and trying again does not help. */
public final class UndecodableRecordException extends SerializationException {

  private static final long serialVersionUID = 1;

  /** With what was wrong with the bytes. */
  public UndecodableRecordException(String topic, String problem, Throwable cause) {
    super("Undecodable record on " + topic + ": " + problem, cause);
  }
}
