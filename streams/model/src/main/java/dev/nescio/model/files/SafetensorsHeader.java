package dev.nescio.model.files;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.ByteBufferBackedInputStream;
import dev.nescio.model.files.SafetensorsReader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON header of a safetensors file, read token by token, so that it takes no more memory than the tensors it
 * names. Source: the format's description in huggingface/safetensors.
 */
final class SafetensorsHeader {

  private static final int MAX_DIMENSIONS = 8;
  private static final Map<String, Integer> SIZES = sizes();

  private final Path file;
  private final long dataBytes;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> entries;

  /**
   * Reads a header.
   *
   * @param file      for messages
   * @param text      the JSON
   * @param dataBytes what follows it in the file
   */
  SafetensorsHeader(Path file, ByteBuffer text, long dataBytes) throws ModelFormatException {
    this.file = file;
    this.dataBytes = dataBytes;
    List<Entry> list = new ArrayList<>();
    try (JsonParser json = Json.MAPPER.createParser(new ByteBufferBackedInputStream(text))) {
      if (json.nextToken() != JsonToken.START_OBJECT) throw damaged("has a header that is no JSON object");
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        if (name.equals("__metadata__")) {
          readMetadata(json);
        } else {
          list.add(entry(name, json));
        }
      }
      if (json.nextToken() != null) throw damaged("has something after its header's object");
    } catch (JsonProcessingException e) {
      throw new ModelFormatException("header of " + file + " is no valid JSON: " + e.getOriginalMessage(), e);
    } catch (ModelFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new ModelFormatException("header of " + file + " cannot be read: " + e.getMessage(), e);
    }
    this.entries = placed(list);
  }

  /** By name, in file order. */
  Map<String, Entry> entries() {
    return entries;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  private void readMetadata(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) throw damaged("has __metadata__ that is no object");
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      if (!json.nextToken().isScalarValue()) throw damaged("has metadata that is no text: " + key);
      metadata.put(key, json.getText());
    }
  }

  private Entry entry(String name, JsonParser json) throws IOException {
    String type = null;
    long[] shape = null;
    long[] offsets = null;
    if (json.nextToken() != JsonToken.START_OBJECT) throw damaged("has a header entry that is no object: " + name);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "dtype" -> type = text(name, json);
        case "shape" -> shape = numbers(name, "shape", json);
        case "data_offsets" -> offsets = numbers(name, "offsets", json);
        default -> throw damaged("has an unknown key " + key + " for tensor " + name);
      }
    }
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw damaged("has a header entry without dtype, shape and data_offsets: " + name);
    }
    if (offsets[1] < offsets[0]) throw damaged("has offsets " + text(offsets) + " for tensor " + name);
    requireSize(name, type, shape, offsets[1] - offsets[0]);
    return new Entry(name, type, new Shape(shape), offsets[0], offsets[1]);
  }

  private String text(String name, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) throw damaged("has no text as dtype of tensor " + name);
    return json.getText();
  }

  private long[] numbers(String name, String what, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) throw damaged("has no list as " + what + " of tensor " + name);
    long[] numbers = new long[MAX_DIMENSIONS];
    int n = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || n == MAX_DIMENSIONS) {
        throw damaged("has as " + what + " of tensor " + name + " no list of at most " + MAX_DIMENSIONS
            + " whole numbers");
      }
      numbers[n++] = json.getLongValue();
      if (numbers[n - 1] < 0) {
        throw damaged("has " + what + " " + text(Arrays.copyOf(numbers, n)) + " for tensor " + name);
      }
    }
    return Arrays.copyOf(numbers, n);
  }

  private void requireSize(String name, String type, long[] shape, long bytes) throws ModelFormatException {
    try {
      long elements = 1;
      for (long dimension : shape) elements = Math.multiplyExact(elements, dimension);
      int size = SIZES.getOrDefault(type, 0);
      if (size > 0 && Math.multiplyExact(elements, (long) size) != bytes) {
        throw damaged("gives tensor " + name + " " + bytes + " bytes for shape " + text(shape));
      }
    } catch (ArithmeticException e) {
      throw new ModelFormatException(file + " has an impossible shape for tensor " + name, e);
    }
  }

  /** Tensors must follow each other without overlap or hole and end where the file ends. */
  private Map<String, Entry> placed(List<Entry> list) throws ModelFormatException {
    list.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long position = 0;
    Map<String, Entry> byName = LinkedHashMap.newLinkedHashMap(list.size());
    for (Entry entry : list) {
      if (entry.end() > dataBytes) {
        throw damaged("is truncated: tensor " + entry.name() + " needs " + entry.end() + " bytes of data, there are "
            + dataBytes);
      }
      if (entry.begin() != position) {
        throw damaged("has " + (entry.begin() < position ? "overlapping tensors" : "a hole") + " at " + entry.name());
      }
      position = entry.end();
      byName.put(entry.name(), entry);
    }
    if (position != dataBytes) throw damaged("has " + (dataBytes - position) + " bytes after its last tensor");
    return byName;
  }

  private static String text(long[] numbers) {
    return Arrays.toString(numbers).replace(" ", "");
  }

  private ModelFormatException damaged(String what) {
    return SafetensorsReader.damaged(file, what);
  }

  private static Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new HashMap<>();
    for (String type : List.of("BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2")) sizes.put(type, 1);
    for (String type : List.of("U16", "I16", "F16", "BF16")) sizes.put(type, 2);
    for (String type : List.of("U32", "I32", "F32")) sizes.put(type, 4);
    for (String type : List.of("U64", "I64", "F64")) sizes.put(type, 8);
    return Map.copyOf(sizes);
  }
}
