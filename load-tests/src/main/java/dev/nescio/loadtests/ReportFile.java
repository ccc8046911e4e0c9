package dev.nescio.loadtests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reports as JSON, in files whose directory is made if it is not there: a run of an hour ends with writing one. */
public final class ReportFile {

  private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ReportFile() {}

  /** The text of a report, over several lines and without an end of line. */
  public static String json(Object report) {
    try {
      return JSON.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new LoadTestException("no JSON can be made of the report: " + e.getMessage(), e);
    }
  }

  /** @throws LoadTestException when the file cannot be written */
  public static void write(Path file, Object report) {
    writeText(file, json(report) + "\n");
  }

  /** @throws LoadTestException when the file cannot be written */
  public static void writeText(Path file, String text) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) Files.createDirectories(directory);
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new LoadTestException("cannot write the report to " + file + ": " + e.getMessage(), e);
    }
  }
}
