package dev.nescio.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.language.Generation;
import dev.nescio.language.GenerationRequest;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.llama.LlamaConfig;
import dev.nescio.model.llama.Projection;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import dev.nescio.model.peft.PeftAdapter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate} and {@code logprobs} on a small model on disk. */
class GenerateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private Path model;
  private Path output;

  @BeforeEach
  void writeModel() throws IOException {
    model = ByteModel.oneLayer().write(directory.resolve("tiny"));
    output = directory.resolve("out.jsonl");
  }

  @Test
  void generatesWhatTheModelGenerates() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\",\"id\":\"a\"}", "", "{\"prompt\":\"Good day\"}");
    Ran ran = generate(prompts, "--max-tokens", 5, "--output", output);
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Generating").contains("2/2 prompts");

    List<JsonNode> results = results();
    assertThat(results).extracting(r -> r.get("line").intValue()).containsExactly(1, 3);
    assertThat(results.getFirst().get("id").textValue()).isEqualTo("a");
    try (LocalLanguageModel direct = LocalLanguageModels.open(LocalModelConfig.of(model).withIdk(false))) {
      for (JsonNode result : results) {
        Generation generation = direct.generate(List.of(
            GenerationRequest.greedy(result.get("prompt").textValue(), 5).withStop(List.of()))).getFirst();
        JsonNode sample = result.get("samples").get(0);
        assertThat(sample.get("text").textValue()).isEqualTo(generation.first().text());
        assertThat(ints(sample.get("ids")))
            .isEqualTo(generation.first().tokens().stream().map(Generation.Token::id).toList());
        assertThat(sample.get("logProbs")).hasSameSizeAs(sample.get("ids"));
        assertThat(sample.get("finishReason").textValue()).isEqualTo(generation.first().finish().name().toLowerCase());
        assertThat(result.get("promptTokens").intValue()).isEqualTo(generation.promptTokens());
      }
    }
  }

  @Test
  void everyLineAndSampleDrawsFromAStreamOfItsOwn() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\"}", "{\"prompt\":\"Hello\"}");
    Ran first = generate(prompts, "--n", 3, "--temperature", 1, "--seed", 4, "--max-tokens", 8, "--top-p", .99);
    Ran again = generate(prompts, "--n", 3, "--temperature", 1, "--seed", 4, "--max-tokens", 8, "--top-p", .99);
    Ran other = generate(prompts, "--n", 3, "--temperature", 1, "--seed", 5, "--max-tokens", 8, "--top-p", .99);
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(again.out()).isEqualTo(first.out());
    assertThat(other.out()).isNotEqualTo(first.out());
    List<String> texts = new ArrayList<>();
    for (String line : first.out().lines().toList()) {
      for (JsonNode sample : JSON.readTree(line).get("samples")) texts.add(sample.get("ids").toString());
    }
    assertThat(texts).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void aRepetitionPenaltyAndCutsAreHeeded() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\"}");
    Ran plain = generate(prompts, "--max-tokens", 8);
    Ran penalised = generate(prompts, "--max-tokens", 8, "--repetition-penalty", 50);
    assertThat(penalised.code()).as(penalised.err()).isZero();
    List<Integer> ids = ints(JSON.readTree(penalised.out()).at("/samples/0/ids"));
    assertThat(ids).doesNotHaveDuplicates().isNotEqualTo(ints(JSON.readTree(plain.out()).at("/samples/0/ids")));
    Ran best = generate(prompts, "--max-tokens", 8, "--temperature", 2, "--top-k", 1, "--min-p", .5);
    assertThat(JSON.readTree(best.out()).at("/samples/0/ids"))
        .isEqualTo(JSON.readTree(plain.out()).at("/samples/0/ids"));
  }

  @Test
  void weightsOfEightBitsAndDeterminismMayBeAskedFor() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\"}");
    Ran eight = generate(prompts, "--max-tokens", 3, "--weights", "int8", "--output", output);
    assertThat(eight.code()).as(eight.err()).isZero();
    assertThat(generate(prompts, "--max-tokens", 3, "--output", output).err())
        .contains("weights was \"int8\", is \"float32\"");
    assertThat(generate(prompts, "--max-tokens", 3, "--deterministic").out())
        .isEqualTo(generate(prompts, "--max-tokens", 3).out());
  }

  @Test
  void whatElseCouldHaveStoodThereIsToldWhenAsked() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\"}");
    JsonNode sample = JSON.readTree(generate(prompts, "--max-tokens", 3, "--alternatives", 2).out()).at("/samples/0");
    assertThat(sample.get("alternatives")).hasSize(3).allMatch(place -> place.size() == 2);
    assertThat(sample.at("/alternatives/1/0/id")).isEqualTo(sample.at("/ids/1"));
    assertThat(sample.at("/alternatives/1/0/logProb")).isEqualTo(sample.at("/logProbs/1"));
    assertThat(sample.at("/margins/1").doubleValue()).isCloseTo(sample.at("/alternatives/1/0/logProb").doubleValue()
        - sample.at("/alternatives/1/1/logProb").doubleValue(), within(1e-4));
    assertThat(sample.at("/entropies/1").doubleValue()).isPositive();
    Path pairs = file("pairs.jsonl", "{\"prompt\":\"ab\",\"continuation\":\"cd\"}");
    Ran scored = Ran.nescio("logprobs", "--model", model, "--pairs", pairs, "--alternatives", 3);
    assertThat(JSON.readTree(scored.out()).get("alternatives")).hasSize(2).allMatch(place -> place.size() == 3);
    assertThat(generate(prompts, "--alternatives", 21).err()).contains("--alternatives must be between 0 and 20, is 21");
  }

  @Test
  void goodLinesAreDoneWhenOthersAreBad() throws IOException {
    Path prompts = file("p.jsonl", "{\"promt\":\"Hello\"}", "oops", "{\"prompt\":\"" + "x".repeat(3000) + "\"}",
        "{\"prompt\":\"Hello\"}", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
    Ran ran = generate(prompts, "--max-tokens", 2, "--output", output);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(
        prompts + ":1: field \"promt\": is not known",
        prompts + ":2: the line is not JSON",
        prompts + ":3: field \"prompt\": the prompt has 3000 tokens and asks for 2 more",
        prompts + ":5: field \"messages\": the model in " + model + " has no chat template");
    assertThat(results()).extracting(r -> r.get("line").intValue()).containsExactly(4);
  }

  @Test
  void aFileWithNothingToDoIsRefusedBeforeAModelIsLoaded() throws IOException {
    Path none = directory.resolve("no-model");
    Path empty = file("empty.jsonl", "", " ");
    Ran ran = Ran.nescio("generate", "--model", none, "--prompts", empty, "--output", output);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).isEqualToIgnoringNewLines("nescio: " + empty + " holds no prompts; write one object a line,"
        + " for example {\"prompt\": \"The capital of Peru is\"}");
    assertThat(output).doesNotExist();
    Path bad = file("bad.jsonl", "{}", "{\"prompt\":\"" + "x".repeat(1 << 20) + "\"}", "{\"prompt\":1}");
    Ran pairs = Ran.nescio("logprobs", "--model", none, "--pairs", bad);
    assertThat(pairs.code()).isEqualTo(1);
    assertThat(pairs.err()).contains(bad + ":1: field \"continuation\": is missing",
        bad + ":2: the line is longer than 1048576 bytes; shorten it", bad + ":3: field ",
        "nescio: no line of " + bad + " can be used");
    assertThat(Ran.nescio("generate", "--prompts", directory, "--model", model).err())
        .contains("Cannot read the data file " + directory);
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamed() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"a\"}");
    Path nowhere = directory.resolve("no/where.jsonl");
    assertThat(generate(prompts, "--output", nowhere).err())
        .contains("cannot write to " + nowhere + ": its directory is not there, make it first");
    assertThat(generate(prompts, "--output", directory).err()).contains("cannot write to " + directory);
    assertThat(directory.resolveSibling(directory.getFileName() + ".settings.json")).doesNotExist();
  }

  @Test
  void whenNobodyReadsTheResultsItStops() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}");
    StringWriter err = new StringWriter();
    Writer closed = new Writer() {
      @Override
      public void write(char[] text, int from, int length) throws IOException {
        throw new IOException("Broken pipe");
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
    String[] arguments = {"generate", "--model", model.toString(), "--prompts", prompts.toString()};
    assertThat(Nescio.run(arguments, new PrintWriter(closed), new PrintWriter(err, true))).isEqualTo(1);
    assertThat(err.toString()).contains("nescio: nobody reads the results any more; stopped");
  }

  @Test
  void ctrlCLosesNoLineThatIsWritten() throws Exception {
    String[] lines = new String[3000];
    Arrays.setAll(lines, i -> "{\"prompt\":\"Line " + i + "\"}");
    Path prompts = file("p.jsonl", lines);
    String[] command = {"generate", "--model", model.toString(), "--prompts", prompts.toString(), "--max-tokens", "12",
        "--output", output.toString()};
    try (Child child = Child.start(directory.resolve("out.txt"), Map.of(), command)) {
      Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> Files.exists(output) && Files.size(output) > 0);
      child.interrupt();
      assertThat(child.exit(Duration.ofMinutes(1))).isEqualTo(130);
      assertThat(child.output()).doesNotContain("Exception", "\tat ");
    }
    long before = Files.readString(output).lines().count();
    assertThat(before).isBetween(1L, 2999L);

    Ran again = Ran.nescio((Object[]) command);

    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains("Continuing " + output, "prompts done; see " + output);
    assertThat(results()).extracting(r -> r.get("line").intValue())
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 3000).boxed().toList());
  }

  @Test
  void aBegunFileIsContinuedAndEndsAsIfItHadNeverStopped() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"a\"}", "{\"prompt\":\"b\"}", "{\"prompt\":\"c\"}");
    assertThat(generate(prompts, "--max-tokens", 3, "--output", output).code()).isZero();
    List<String> whole = Files.readAllLines(output);
    Files.writeString(output, whole.getFirst() + "\n" + whole.get(1).substring(0, 10));

    Ran ran = generate(prompts, "--max-tokens", 3, "--output", output);

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("Continuing " + output + ": 1 lines are there", "2/2 prompts");
    assertThat(Files.readAllLines(output)).hasSize(3).first().isEqualTo(whole.getFirst());
    assertThat(results()).extracting(r -> r.at("/samples/0/ids").toString())
        .containsExactlyElementsOf(whole.stream().map(GenerateCommandTest::ids).toList());
  }

  @Test
  void aFileOfOtherSettingsOrOtherPromptsIsRefused() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"a\"}");
    assertThat(generate(prompts, "--max-tokens", 3, "--output", output).code()).isZero();
    Ran settings = generate(prompts, "--max-tokens", 4, "--output", output);
    assertThat(settings.code()).isEqualTo(1);
    assertThat(settings.err()).contains(output + " was made with other settings: maxTokens was 3, is 4");
    Ran input = generate(file("p.jsonl", "{\"prompt\":\"b\"}"), "--max-tokens", 3, "--output", output);
    assertThat(input.code()).isEqualTo(1);
    assertThat(input.err()).contains(output + " answers another line 1 than the input has now (field \"prompt\")");
    Files.writeString(directory.resolve("mine.txt"), "mine", StandardOpenOption.CREATE);
    Ran foreign = generate(prompts, "--output", directory.resolve("mine.txt"));
    assertThat(foreign.code()).isEqualTo(1);
    assertThat(foreign.err()).contains("mine.txt is there already, and nothing says what made it");
    assertThat(directory.resolve("mine.txt")).hasContent("mine");
  }

  @Test
  void scoresContinuations() throws IOException {
    Path pairs = file("pairs.jsonl", "{\"prompt\":\"ab\",\"continuation\":\"cd\"}", "{\"prompt\":\"ab\"}");
    Ran ran = Ran.nescio("logprobs", "--model", model, "--pairs", pairs);
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(pairs + ":2: field \"continuation\": is missing");
    JsonNode result = JSON.readTree(ran.out());
    assertThat(result.get("tokens").toString()).isEqualTo("[\"c\",\"d\"]");
    double sum = 0;
    for (JsonNode logProb : result.get("logProbs")) sum += logProb.doubleValue();
    assertThat(result.get("sequenceLogProb").doubleValue())
        .isNegative().isCloseTo(sum, within(1e-4));
  }

  @Test
  void anAdapterIsUsedWithTheIdkThatItWasTrainedWith() throws IOException {
    float[] row = new float[16];
    Arrays.fill(row, .5f);
    PeftAdapter.Pair pair = new PeftAdapter.Pair(row, row);
    Path adapter = Files.createDirectory(directory.resolve("adapter"));
    new PeftAdapter(1, 8, Map.of(new PeftAdapter.Place(0, Projection.Q), pair), Optional.of(row), Optional.of(259))
        .write(adapter, LlamaConfig.read(model), "tiny");
    Path prompts = file("p.jsonl", "{\"prompt\":\"Hello\"}");
    Ran base = generate(prompts, "--max-tokens", 4);
    Ran adapted = generate(prompts, "--max-tokens", 4, "--adapter", adapter);
    assertThat(adapted.code()).as(adapted.err()).isZero();
    JsonNode sample = JSON.readTree(adapted.out()).at("/samples/0");
    assertThat(sample.get("pIdk").doubleValue()).isBetween(0.0, 1.0);
    assertThat(JSON.readTree(base.out()).at("/samples/0").has("pIdk")).isFalse();
    assertThat(sample.get("logProbs")).isNotEqualTo(JSON.readTree(base.out()).at("/samples/0/logProbs"));
    Path pairs = file("pairs.jsonl", "{\"prompt\":\"ab\",\"continuation\":\"cd\"}");
    assertThat(Ran.nescio("logprobs", "--model", model, "--pairs", pairs, "--adapter", adapter).out())
        .isNotEqualTo(Ran.nescio("logprobs", "--model", model, "--pairs", pairs).out());
  }

  @Test
  void wrongUsageIsNamed() throws IOException {
    Path prompts = file("p.jsonl", "{\"prompt\":\"a\"}");
    assertThat(Ran.nescio("generate").code()).isEqualTo(2);
    assertThat(generate(directory.resolve("none.jsonl")).err()).contains("There is no data file", "--prompts");
    assertThat(generate(prompts, "--top-p", 0).err()).contains("topP must be in (0, 1], is 0.0");
    assertThat(generate(prompts, "--n", 0).err()).contains("--n must be at least 1, is 0");
    assertThat(generate(prompts, "--device", "tpu").err()).contains("'tpu' is neither cpu, cuda nor cuda:N");
    assertThat(generate(prompts, "--dtype", "bfloat16").err()).contains("BFLOAT16 was asked for on the CPU");
    assertThat(generate(prompts, "--dtype", "int3").code()).isEqualTo(2);
    assertThat(generate(prompts, "--adapter", directory.resolve("none")).err()).contains("none is no directory");
  }

  private Ran generate(Path prompts, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("generate", "--model", model, "--prompts", prompts));
    arguments.addAll(List.of(more));
    return Ran.nescio(arguments.toArray());
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.write(directory.resolve(name), List.of(lines));
  }

  private List<JsonNode> results() throws IOException {
    List<JsonNode> results = new ArrayList<>();
    for (String line : Files.readAllLines(output)) results.add(JSON.readTree(line));
    return results;
  }

  private static String ids(String line) {
    try {
      return JSON.readTree(line).at("/samples/0/ids").toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> ints = new ArrayList<>();
    array.forEach(n -> ints.add(n.intValue()));
    return ints;
  }
}
