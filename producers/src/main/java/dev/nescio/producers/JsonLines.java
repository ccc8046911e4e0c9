package dev.nescio.producers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads JSON Lines: UTF-8, one object a line, blank lines ignored. A bad line never costs a good one, and no line is
 * held beyond {@link #MAX_LINE_BYTES}.
 */
final class JsonLines {

  static final int MAX_LINE_BYTES = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper(
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
      .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Makes an item of a line's fields, or throws {@link BadFieldException}. */
  interface Form<T> {
    T item(Fields fields, long line);
  }

  private JsonLines() {}

  static <T> Lines<T> read(Path file, Form<T> form) {
    List<T> items = new ArrayList<>();
    List<BadLine> bad = new ArrayList<>();
    each(file, form, items::add, bad::add);
    return new Lines<>(file.toString(), items, bad);
  }

  /** Hands out each line as it is read and holds none. */
  static <T> void each(Path file, Form<T> form, Consumer<? super T> good, Consumer<? super BadLine> bad) {
    try (InputStream in = Files.newInputStream(file)) {
      each(in, file.toString(), form, good, bad);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException("There is no data file " + file + "; check the path", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the data file " + file + ": " + e.getMessage(), e);
    }
  }

  static <T> Lines<T> read(InputStream in, String name, Form<T> form) throws IOException {
    List<T> items = new ArrayList<>();
    List<BadLine> bad = new ArrayList<>();
    each(in, name, form, items::add, bad::add);
    return new Lines<>(name, items, bad);
  }

  private static <T> void each(InputStream in, String name, Form<T> form, Consumer<? super T> good,
      Consumer<? super BadLine> bad) throws IOException {
    InputStream buffered = new BufferedInputStream(in, 1 << 16);
    long number = 0;
    for (ByteArrayOutputStream line = next(buffered); line != null; line = next(buffered)) {
      number++;
      T item;
      try {
        String text = text(line, number);
        if (text.isBlank()) continue;
        item = form.item(new Fields(object(text)), number);
      } catch (BadFieldException e) {
        bad.accept(new BadLine(name, number, e.field(), e.getMessage(), e.fix()));
        continue;
      }
      good.accept(item);
    }
  }

  /** Bytes of the next line, cut one byte after the limit; null at the end. */
  private static ByteArrayOutputStream next(InputStream in) throws IOException {
    int b = in.read();
    if (b < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    for (; b >= 0 && b != '\n'; b = in.read()) {
      if (line.size() <= MAX_LINE_BYTES) {
        line.write(b);
      }
    }
    return line;
  }

  private static String text(ByteArrayOutputStream line, long number) {
    if (line.size() > MAX_LINE_BYTES) {
      throw new BadFieldException("", "the line is longer than " + MAX_LINE_BYTES + " bytes", "shorten it");
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
      return number == 1 && text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new BadFieldException("", "the line is not UTF-8", "save the file as UTF-8");
    }
  }

  private static JsonNode object(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (!node.isObject()) {
        throw new BadFieldException("", "the line is not a JSON object", "write one {...} object on each line");
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new BadFieldException("", "the line is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("")
          + " at column " + (e.getLocation() == null ? "?" : e.getLocation().getColumnNr()),
          "write one {...} object on each line");
    }
  }
}
