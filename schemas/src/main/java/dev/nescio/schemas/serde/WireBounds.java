package dev.nescio.schemas.serde;

import org.apache.avro.Schema;

/**
 * Walks Avro binary once before anything is built from it. A length that exceeds what is left, an array of items that
 * take no bytes, and nesting beyond the limit are refused, so a record of n bytes never makes more than O(n) objects.
 */
final class WireBounds {

  private final byte[] data;
  private final int maxDepth;
  private int at;

  private WireBounds(byte[] data, int from, int maxDepth) {
    this.data = data;
    this.at = from;
    this.maxDepth = maxDepth;
  }

  /**
   * Checks that the bytes from {@code from} to the end are exactly one value.
   *
   * @throws IllegalArgumentException with what is wrong and where
   */
  static void check(Schema schema, byte[] data, int from, int maxDepth) {
    WireBounds walk = new WireBounds(data, from, maxDepth);
    walk.value(schema, 0);
    if (walk.at != data.length) {
      throw new IllegalArgumentException((data.length - walk.at) + " bytes follow the record");
    }
  }

  private void value(Schema schema, int depth) {
    if (depth > maxDepth) {
      throw new IllegalArgumentException("nested deeper than " + maxDepth + " levels at byte " + at);
    }
    switch (schema.getType()) {
      case NULL -> { }
      case BOOLEAN -> skip(1);
      case INT, LONG, ENUM -> varint();
      case FLOAT -> skip(Float.BYTES);
      case DOUBLE -> skip(Double.BYTES);
      case FIXED -> skip(schema.getFixedSize());
      case STRING, BYTES -> skip(varint());
      case UNION -> union(schema, depth);
      case RECORD -> schema.getFields().forEach(field -> value(field.schema(), depth + 1));
      case ARRAY -> blocks(schema.getElementType(), false, depth + 1);
      case MAP -> blocks(schema.getValueType(), true, depth + 1);
    }
  }

  private void union(Schema schema, int depth) {
    long branch = varint();
    if (branch < 0 || branch >= schema.getTypes().size()) {
      throw new IllegalArgumentException("no branch " + branch + " in a union of " + schema.getTypes().size()
          + " at byte " + at);
    }
    value(schema.getTypes().get((int) branch), depth + 1);
  }

  private void blocks(Schema item, boolean keyed, int depth) {
    for (long count = varint(); count != 0; count = varint()) {
      if (count < 0) {
        varint();
        count = -count;
      }
      if (count < 0 || count > data.length - at) {
        throw new IllegalArgumentException("a block of " + count + " items in " + (data.length - at) + " bytes at byte "
            + at);
      }
      int start = at;
      for (long i = 0; i < count; i++) {
        if (keyed) {
          skip(varint());
        }
        value(item, depth);
      }
      if (at - start < count) {
        throw new IllegalArgumentException("a block of " + count + " items that take no bytes at byte " + start);
      }
    }
  }

  private void skip(long bytes) {
    if (bytes < 0 || bytes > data.length - at) {
      throw new IllegalArgumentException("a length of " + bytes + " where " + (data.length - at)
          + " bytes are left, at byte " + at);
    }
    at += (int) bytes;
  }

  private long varint() {
    long raw = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (at >= data.length) {
        throw new IllegalArgumentException("the record ends within a number");
      }
      byte b = data[at++];
      raw |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw new IllegalArgumentException("a number longer than ten bytes at byte " + at);
  }
}
