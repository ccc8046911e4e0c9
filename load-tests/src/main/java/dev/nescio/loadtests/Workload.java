package dev.nescio.loadtests;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What is asked of a running system, as a file of {@code workloads/} says it. Checks itself; unknown keys fail.
 *
 * @param name               names the report
 * @param description        what the workload is for
 * @param phases             rates, one after the other; at least one
 * @param warmUpSeconds      questions due before are asked and have to be answered, but are not timed; 0 or above
 * @param drainSeconds       longest wait for answers after the last question was due, above 0
 * @param maxTokens          most tokens of an answer, 1 to 512
 * @param seed               order in which the bundled questions are asked
 * @param gradeAnswers       true to publish the accepted answers too, so that every answer is labelled; the figures of
 *                           evaluation are then compared with a batch computation
 * @param killAtSeconds      when the whole system is killed (SIGKILL) and started again on its directory; ascending
 * @param maxP99Millis       the workload fails when the 99th percentile from intended sending to the answer is above;
 *                           null for no such limit
 */
record Workload(
    String name,
    String description,
    List<Phase> phases,
    double warmUpSeconds,
    double drainSeconds,
    int maxTokens,
    long seed,
    boolean gradeAnswers,
    List<Double> killAtSeconds,
    Double maxP99Millis) {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  Workload {
    require(name != null && !name.isBlank(), "name is missing");
    require(description != null && !description.isBlank(), "description is missing");
    require(phases != null && !phases.isEmpty(), "phases is missing; give at least one perSecond and seconds");
    phases = List.copyOf(phases);
    require(warmUpSeconds >= 0, "warmUpSeconds is 0 or above, not " + warmUpSeconds);
    require(warmUpSeconds < seconds(phases), "warmUpSeconds leaves nothing to measure: " + warmUpSeconds);
    require(drainSeconds > 0 && Double.isFinite(drainSeconds), "drainSeconds is above 0, not " + drainSeconds);
    require(maxTokens >= 1 && maxTokens <= 512, "maxTokens is from 1 to 512, not " + maxTokens);
    killAtSeconds = killAtSeconds == null ? List.of() : List.copyOf(killAtSeconds);
    require(killAtSeconds.equals(killAtSeconds.stream().filter(at -> at >= 0).sorted().toList()),
        "killAtSeconds are ascending and 0 or above, not " + killAtSeconds);
    require(maxP99Millis == null || maxP99Millis > 0, "maxP99Millis is above 0, not " + maxP99Millis);
    require(Schedule.of(phases).size() > 0, "the phases hold no question: raise a rate or a duration");
  }

  /**
   * From a JSON file.
   *
   * @throws LoadTestException naming the file and what is wrong with it
   */
  static Workload read(Path file) {
    if (!Files.isRegularFile(file)) throw new LoadTestException("there is no workload file " + file);
    try {
      return JSON.readValue(file.toFile(), Workload.class);
    } catch (JacksonException e) {
      String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new LoadTestException("workload " + file + where + ": " + reason(e), e);
    } catch (IOException e) {
      throw new LoadTestException("cannot read workload " + file + ": " + e.getMessage(), e);
    }
  }

  private static String reason(JacksonException e) {
    if (e.getCause() instanceof IllegalArgumentException cause) return cause.getMessage();
    if (!(e instanceof JsonMappingException mapping) || mapping.getPath().isEmpty()) return e.getOriginalMessage();
    String field = mapping.getPath().getLast().getFieldName();
    return (field == null ? "" : field + ": ") + e.getOriginalMessage();
  }

  private static double seconds(List<Phase> phases) {
    return phases.stream().mapToDouble(Phase::seconds).sum();
  }

  private static void require(boolean holds, String message) {
    if (!holds) throw new IllegalArgumentException(message);
  }

  /**
   * A constant rate for some time.
   *
   * @param perSecond questions a second; 0 for a pause
   * @param seconds   how long, above 0
   */
  record Phase(double perSecond, double seconds) {

    Phase {
      require(perSecond >= 0 && Double.isFinite(perSecond), "perSecond is 0 or above, not " + perSecond);
      require(seconds > 0 && Double.isFinite(seconds), "seconds is above 0, not " + seconds);
    }
  }
}
