package dev.nescio.schemas.serde;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.specific.SpecificData;

/** Draws any value of a schema, so that no field of any record goes untested. */
final class RandomRecords {

  private final Random random;

  RandomRecords(Random random) {
    this.random = random;
  }

  Object next(Schema schema, SpecificData data) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> random.nextBoolean();
      case INT -> random.nextInt();
      case LONG -> schema.getLogicalType() == null ? (Object) random.nextLong()
          : Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1000L);
      case FLOAT -> random.nextFloat();
      case DOUBLE -> random.nextGaussian();
      case STRING -> "é" + random.nextInt(1000);
      case ENUM -> data.createEnum(schema.getEnumSymbols().get(random.nextInt(schema.getEnumSymbols().size())), schema);
      case UNION -> next(schema.getTypes().get(random.nextInt(schema.getTypes().size())), data);
      case ARRAY -> list(schema, data);
      case MAP -> map(schema, data);
      case RECORD -> record(schema, data);
      case FIXED, BYTES -> throw new IllegalArgumentException("No record of ours has " + schema);
    };
  }

  private List<Object> list(Schema schema, SpecificData data) {
    List<Object> items = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      items.add(next(schema.getElementType(), data));
    }
    return items;
  }

  private Map<String, Object> map(Schema schema, SpecificData data) {
    Map<String, Object> items = new HashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      items.put("k" + i, next(schema.getValueType(), data));
    }
    return items;
  }

  private Object record(Schema schema, SpecificData data) {
    IndexedRecord record = (IndexedRecord) data.newRecord(null, schema);
    schema.getFields().forEach(field -> record.put(field.pos(), next(field.schema(), data)));
    return record;
  }
}
