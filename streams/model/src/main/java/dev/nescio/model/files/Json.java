package dev.nescio.model.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** JSON as model directories use it: keys may not repeat, nothing may follow the document. */
public final class Json {

  private static final int MAX_STRING = 100_000_000;
  /** The largest tokenizers of today have a tenth of this. */
  private static final long MAX_FILE = 256L << 20;

  /** Reads strings of up to 100 million characters; refuses repeated keys and what follows a document. */
  public static final ObjectMapper MAPPER = new ObjectMapper(
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxStringLength(MAX_STRING).build())
          .build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Json() {}

  /**
   * Reads a file of up to 256 MB that holds one object.
   *
   * @throws ModelFormatException naming the file if it is missing, too large or no JSON object
   * @throws IOException          if it cannot be read
   */
  public static JsonNode read(Path file) throws IOException {
    byte[] bytes;
    try {
      long size = Files.size(file);
      if (size > MAX_FILE) {
        throw new ModelFormatException(file + " has " + size + " bytes, at most " + MAX_FILE + " are read");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ModelFormatException(file + " is missing; the model directory is incomplete", e);
    }
    return parse(bytes, file.toString());
  }

  static JsonNode parse(byte[] bytes, String origin) throws ModelFormatException {
    try {
      JsonNode node = MAPPER.readTree(bytes);
      if (node == null || !node.isObject()) throw new ModelFormatException(origin + " is no JSON object");
      return node;
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(origin + " is no valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ModelFormatException(origin + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Indented UTF-8 with a line end. */
  public static byte[] pretty(JsonNode node) {
    try {
      return MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(node)
          .concat("\n").getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }
}
