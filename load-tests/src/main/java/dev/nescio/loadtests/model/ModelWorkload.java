package dev.nescio.loadtests.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.nescio.loadtests.LoadTestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Work that both sides do, as a file of {@code model-workloads/} says it. Checks itself; unknown keys fail. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ModelWorkload.Generate.class, name = "generate"),
    @JsonSubTypes.Type(value = ModelWorkload.Train.class, name = "train")})
public sealed interface ModelWorkload {

  /** Name of the file too. */
  String name();

  /** For people. */
  String description();

  /** Measured runs of each side, at least 1; one more before them is not measured. */
  int runs();

  /** Decides about texts and draws. */
  long seed();

  /** Ratio to the peer that is required. */
  double atLeast();

  /** Ratio to the peer that is hoped for, not below {@link #atLeast}. */
  double aim();

  /** The same work, to be done at least as fast as the peer. */
  ModelWorkload atPar();

  /**
   * Text after prompts.
   *
   * @param prompts      different prompts in one call
   * @param promptTokens exact length of each, or 0 for a zero-shot question
   * @param sharedTokens exact length of a beginning that all prompts share and that is new in every run, or 0
   * @param samples      of each prompt
   * @param newTokens    of each sample, past an end token too; with 1, prompt tokens are what is counted
   * @param temperature  0 for the most likely token
   */
  record Generate(
      String name, String description, int prompts, int promptTokens, int sharedTokens, int samples, int newTokens,
      double temperature, int runs, long seed, double atLeast, double aim) implements ModelWorkload {

    public Generate {
      check(name, description, runs, atLeast, aim);
      require(prompts >= 1, "prompts is at least 1, not " + prompts);
      require(promptTokens >= 0 && promptTokens <= 4096, "promptTokens is from 0 to 4096, not " + promptTokens);
      require(sharedTokens >= 0 && sharedTokens <= 4096, "sharedTokens is from 0 to 4096, not " + sharedTokens);
      require(samples >= 1, "samples is at least 1, not " + samples);
      require(newTokens >= 1, "newTokens is at least 1, not " + newTokens);
      require(temperature >= 0 && Double.isFinite(temperature), "temperature is 0 or above, not " + temperature);
    }

    @Override
    public Generate atPar() {
      return new Generate(name, description, prompts, promptTokens, sharedTokens, samples, newTokens, temperature, runs,
          seed, 1, 1);
    }

    /** True when reading the prompts is the work. */
    boolean prefill() {
      return newTokens == 1;
    }
  }

  /**
   * Steps of training LoRA adapters on all seven projections with AdamW.
   *
   * @param examples     of a step
   * @param targetTokens exact target length of each example after a prompt of one token, or 0 for questions
   * @param rank         of the adapters
   * @param alpha        of the adapters
   * @param steps        in one run
   */
  record Train(
      String name, String description, int examples, int targetTokens, int rank, double alpha, int steps, int runs,
      long seed, double atLeast, double aim) implements ModelWorkload {

    public Train {
      check(name, description, runs, atLeast, aim);
      require(examples >= 1, "examples is at least 1, not " + examples);
      require(targetTokens == 0 || targetTokens >= 8 && targetTokens <= 4096,
          "targetTokens is 0 or from 8 to 4096, not " + targetTokens);
      require(rank >= 1, "rank is at least 1, not " + rank);
      require(alpha > 0, "alpha is above 0, not " + alpha);
      require(steps >= 1, "steps is at least 1, not " + steps);
    }

    @Override
    public Train atPar() {
      return new Train(name, description, examples, targetTokens, rank, alpha, steps, runs, seed, 1, 1);
    }
  }

  /**
   * From a JSON file.
   *
   * @throws LoadTestException naming the file and what is wrong with it
   */
  static ModelWorkload read(Path file) {
    ObjectMapper json = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
    try {
      return json.readValue(file.toFile(), ModelWorkload.class);
    } catch (ValueInstantiationException e) {
      throw new LoadTestException("workload " + file + ": " + e.getCause().getMessage(), e);
    } catch (JacksonException e) {
      throw new LoadTestException("workload " + file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new LoadTestException("cannot read workload " + file + ": " + e.getMessage(), e);
    }
  }

  /** All files of a directory, by name. */
  static List<ModelWorkload> readAll(Path directory) {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().map(ModelWorkload::read).toList();
    } catch (IOException e) {
      throw new LoadTestException("cannot list the workloads in " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void check(String name, String description, int runs, double atLeast, double aim) {
    require(name != null && !name.isBlank(), "name is missing");
    require(description != null && !description.isBlank(), "description is missing");
    require(runs >= 1, "runs is at least 1, not " + runs);
    require(atLeast > 0 && aim >= atLeast, "atLeast is above 0 and aim not below it, not " + atLeast + " and " + aim);
  }

  private static void require(boolean holds, String message) {
    if (!holds) throw new IllegalArgumentException(message);
  }
}
