package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.model.hub.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the examples of this module's README: every {@code sh} block, and its result is the block that follows. In a
 * result, {@code ...} stands for what differs between machines, and numbers may differ in their last digits.
 */
class ReadmeExamplesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final Pattern ECHO = Pattern.compile("echo '([^']*)' > (\\S+)");
  private static final double LAST_DIGITS = 1e-3;

  @TempDir private Path directory;

  @Test
  void doWhatTheReadmeSays() throws IOException {
    requireModel();
    Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
    List<String> ran = new ArrayList<>();
    String result = "";
    while (block.find()) {
      switch (block.group(1)) {
        case "sh" -> {
          result = run(block.group(2));
          ran.add(block.group(2));
        }
        case "json" -> assertAlike(JSON.readTree(result), JSON.readTree(block.group(2)), ran.getLast());
        case "text" -> assertThat(result).as(ran.getLast()).containsPattern(pattern(block.group(2)));
        default -> throw new AssertionError("what is a block of " + block.group(1) + "?");
      }
    }
    assertThat(ran).hasSizeGreaterThanOrEqualTo(7);
  }

  /** Runs the lines of a block; returns what the last one printed, or the file that it wrote. */
  private String run(String lines) throws IOException {
    String result = "";
    for (String line : lines.lines().toList()) {
      Matcher echo = ECHO.matcher(line);
      if (echo.matches()) {
        Files.writeString(directory.resolve(echo.group(2)), echo.group(1) + "\n");
        continue;
      }
      assertThat(line).startsWith("./nescio ").doesNotContain("'", "\"");
      List<String> arguments = Arrays.stream(line.split(" ")).skip(1)
          .map(this::placed).toList();
      Ran ran = Ran.nescio(arguments.toArray());
      assertThat(ran.code()).as(line + "\n" + ran.err()).isZero();
      int output = arguments.indexOf("--output");
      boolean file = output >= 0 && Files.isRegularFile(Path.of(arguments.get(output + 1)));
      result = file ? Files.readString(Path.of(arguments.get(output + 1))) : ran.out();
    }
    return result;
  }

  /** What a line names as a file: the examples' own lie in a directory of their own, others in the repository. */
  private String placed(String word) {
    if (word.startsWith("streams/")) return Path.of("..", "..", word).toString();
    return word.endsWith(".jsonl") || word.equals("imported") ? directory.resolve(word).toString() : word;
  }

  private static Pattern pattern(String text) {
    List<String> parts = new ArrayList<>();
    for (String part : text.strip().split("\\.\\.\\.", -1)) parts.add(Pattern.quote(part));
    return Pattern.compile(String.join("[^\\n]*", parts));
  }

  private static void assertAlike(JsonNode actual, JsonNode expected, String what) {
    assertThat(actual.getNodeType()).as(what).isEqualTo(expected.getNodeType());
    if (expected.isFloatingPointNumber()) {
      assertThat(actual.doubleValue()).as(what).isCloseTo(expected.doubleValue(), within(LAST_DIGITS));
    } else if (expected.isObject()) {
      assertThat(actual.properties()).as(what).extracting(Map.Entry::getKey)
          .containsExactlyElementsOf(expected.properties().stream().map(Map.Entry::getKey).toList());
      expected.properties().forEach(field -> assertAlike(actual.get(field.getKey()), field.getValue(), what));
    } else if (expected.isArray()) {
      assertThat(actual).as(what).hasSameSizeAs(expected);
      for (int i = 0; i < expected.size(); i++) assertAlike(actual.get(i), expected.get(i), what);
    } else {
      assertThat(actual).as(what).isEqualTo(expected);
    }
  }

  private static void requireModel() {
    try {
      ModelSource.parse("default", ModelSource.HUB)
          .resolve(Path.of(System.getProperty("user.home"), ".cache", "nescio"));
    } catch (IOException e) {
      Assumptions.abort("SKIPPED, needs SmolLM2-135M-Instruct: " + e.getMessage());
    }
  }
}
