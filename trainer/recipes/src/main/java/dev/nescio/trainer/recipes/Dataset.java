package dev.nescio.trainer.recipes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A materialised list of records, named by what is in it: one JSON object a line, names sorted, lines sorted, UTF-8,
 * {@code \n} after each line. The digest is the SHA-256 of exactly these bytes, so the order of the records does not
 * matter and the file can be checked with {@code sha256sum}.
 *
 * @param digest SHA-256, lower-case hex
 * @param lines  number of records
 * @param bytes  the canonical bytes
 */
public record Dataset(String digest, int lines, byte[] bytes) {

  private static final JsonMapper JSON = JsonMapper.builder()
      .addModule(new Jdk8Module())
      .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
      .build();

  /** The canonical form of items, scores, examples or any other records of strings, numbers, lists and maps. */
  public static Dataset of(List<? extends Record> records) {
    List<String> lines = new ArrayList<>();
    for (Record record : records) lines.add(line(record));
    lines.sort(null);
    StringBuilder text = new StringBuilder();
    for (String line : lines) text.append(line).append('\n');
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return new Dataset(digest(bytes), lines.size(), bytes);
  }

  /**
   * Keeps it as {@code <digest>.jsonl} in a directory, which is created; an equal file that is there already is kept.
   *
   * @return the file
   */
  public Path writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(digest + ".jsonl");
    Path part = Files.createTempFile(directory, digest.substring(0, 12), ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return file;
  }

  /**
   * Reads a kept data set back.
   *
   * @throws IOException when the content is not what the name of the file says, or a line is no such record
   */
  public static <T extends Record> List<T> read(Path file, Class<T> type) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    if (!name.equals(digest(bytes) + ".jsonl")) {
      throw new IOException(file + " is damaged: its content has the SHA-256 " + digest(bytes)
          + "; delete it and materialise the data set again");
    }
    List<T> records = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
      if (!line.isEmpty()) records.add(JSON.readValue(line, type));
    }
    return records;
  }

  private static String line(Record record) {
    try {
      return JSON.writeValueAsString(record);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + record, e);
    }
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
