package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Alternative;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.language.openai.RequestRefusedException;
import dev.nescio.language.openai.ServerKind;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server over a real small model, asked by our own client and by plain HTTP. */
class ServeServerTest {

  private static final String TEXT = "The quick brown f\u00f6x jumps over \u4e16\u754c.";

  @TempDir static Path directory;
  private static Serving serving;
  private static OpenAiModel client;

  @BeforeAll
  static void start() throws IOException {
    Path base = ByteModel.twoLayers().withChat().write(directory.resolve("base"));
    Path tuned = ByteModel.twoLayers().withChat().withSeed(2).withIdk().write(directory.resolve("tuned"));
    ServeConfig config =
        new ServeConfig("127.0.0.1", 0, 4096, 4, 16, 200, 8, Duration.ofSeconds(5), Optional.empty());
    serving = new Serving(base, Map.of("tuned", tuned), config, Optional.empty());
    client = serving.client(Map.of());
  }

  @AfterAll
  static void stop() {
    client.close();
    serving.close();
  }

  @Test
  void aRemoteModelIsTheSameModel() {
    assertThat(client.kind()).isEqualTo(ServerKind.NESCIO);
    assertThat(client.identity()).isEqualTo(serving.model.identity());
    EnumSet<EvidenceKind> all = EnumSet.allOf(EvidenceKind.class);
    all.remove(EvidenceKind.INTERNALS);
    assertThat(client.evidence()).containsExactlyInAnyOrderElementsOf(all);
    assertThat(client.countTokens(TEXT)).isEqualTo(serving.model.countTokens(TEXT));
  }

  @Test
  void answersAreEqualToThoseOfTheModelItself() {
    List<GenerationRequest> requests = new ArrayList<>();
    GenerationRequest greedy = GenerationRequest.greedy(TEXT, 12).withStop(List.of()).withAlternatives(3);
    requests.add(greedy);
    requests.add(greedy.withStop(List.of("e", "a")));
    requests.add(greedy.withAlternatives(0).withSamples(3, new Sampling(1.2, 0, 1), 7));
    requests.add(greedy.withSamples(2, new Sampling(0.8, 40, 0.9, 0.01, 1.3), -5));
    requests.add(greedy.withAdapter(serving.catalogue.models().get(1).adapter()));
    requests.add(greedy.withChat(List.of(ChatMessage.user("hello <end> \u00e9"))));
    for (GenerationRequest request : requests) {
      Generation here = serving.model.generate(List.of(request)).getFirst();
      Generation there = client.generate(List.of(request)).getFirst();
      assertThat(there.promptTokens()).isEqualTo(here.promptTokens());
      assertThat(there.sequences()).hasSameSizeAs(here.sequences());
      for (int i = 0; i < here.sequences().size(); i++) {
        assertAlike(there.sequences().get(i), here.sequences().get(i));
      }
    }
  }

  /** The second time a prompt's beginning comes from the prefix cache, and the last bits may differ. */
  private static void assertAlike(Sequence there, Sequence here) {
    assertThat(there.text()).isEqualTo(here.text());
    assertThat(there.finish()).isEqualTo(here.finish());
    assertThat(there.emittedIdk()).isEqualTo(here.emittedIdk());
    assertThat(there.generatedTokens()).isEqualTo(here.generatedTokens());
    assertThat(there.pIdk().orElseThrow()).isCloseTo(here.pIdk().orElseThrow(), within(1e-5));
    assertThat(there.endLogProb().orElseThrow()).isCloseTo(here.endLogProb().orElseThrow(), within(1e-4));
    assertThat(there.tokens()).extracting(Token::id).isEqualTo(here.tokens().stream().map(Token::id).toList());
    for (int t = 0; t < here.tokens().size(); t++) {
      Token a = there.tokens().get(t);
      Token b = here.tokens().get(t);
      assertThat(a.text()).isEqualTo(b.text());
      assertThat(a.logProb()).isCloseTo(b.logProb(), within(1e-4));
      assertThat(a.entropy().orElseThrow()).isCloseTo(b.entropy().orElseThrow(), within(1e-4));
      assertThat(a.margin().orElseThrow()).isCloseTo(b.margin().orElseThrow(), within(1e-4));
      assertThat(a.alternatives()).extracting(Alternative::id)
          .isEqualTo(b.alternatives().stream().map(Alternative::id).toList());
    }
  }

  @Test
  void scoresAreEqualToThoseOfTheModelItself() {
    for (Optional<String> adapter : List.of(Optional.<String>empty(), serving.catalogue.models().get(1).adapter())) {
      ContinuationRequest pair = new ContinuationRequest("The quick \u00f6", "x jumps \u4e16!", adapter);
      Sequence here = serving.model.score(List.of(pair)).getFirst();
      Sequence there = client.score(List.of(pair)).getFirst();
      assertThat(there.tokens()).hasSameSizeAs(here.tokens());
      for (int i = 0; i < here.tokens().size(); i++) {
        assertThat(there.tokens().get(i).id()).isEqualTo(here.tokens().get(i).id());
        assertThat(there.tokens().get(i).logProb()).isCloseTo(here.tokens().get(i).logProb(), within(1e-4));
        assertThat(there.tokens().get(i).entropy().orElseThrow())
            .isCloseTo(here.tokens().get(i).entropy().orElseThrow(), within(1e-4));
      }
      assertThat(there.text()).isEqualTo(here.text());
      assertThat(there.pIdk().orElseThrow()).isCloseTo(here.pIdk().orElseThrow(), within(1e-5));
      assertThat(there.endLogProb().orElseThrow()).isCloseTo(here.endLogProb().orElseThrow(), within(1e-4));
    }
    assertThatThrownBy(() -> client.score(List.of(new ContinuationRequest("", "x", Optional.empty()))))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no token before");
  }

  @Test
  void adaptersAreServedUnderTheirNames() throws IOException {
    String adapter = serving.catalogue.models().get(1).adapter().orElseThrow();
    assertThat(client.loadAdapter(Path.of("store", adapter))).isEqualTo(adapter);
    assertThat(client.loadAdapter(Path.of("store", "tuned"))).isEqualTo(adapter);
    assertThat(client.digest(Optional.of(adapter))).isEqualTo(serving.model.digest(Optional.of(adapter)));
    JsonNode models = serving.json(serving.get("/v1/models"));
    assertThat(models.at("/data/0/owned_by").asText()).isEqualTo("nescio");
    assertThat(models.at("/data/1/parent").asText()).isEqualTo("tiny");
    assertThat(serving.json(serving.get("/v1/models/tuned")).path("id").asText()).isEqualTo("tuned");
    assertThat(serving.get("/v1/models/none").statusCode()).isEqualTo(404);
  }

  @Test
  void nothingIsCompressedSincePythonsClientsCannotReadAStreamOfFrames() {
    for (boolean stream : List.of(true, false)) {
      String body =
          "{\"model\":\"tiny\",\"prompt\":\"hello\",\"max_tokens\":24,\"logprobs\":5,\"temperature\":0,"
              + "\"stream\":" + stream + "}";
      var response = serving.post("/v1/completions", body, "Accept-Encoding", "gzip, deflate, br, zstd");
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(response.body()).hasSizeGreaterThan(1024).contains("\"choices\"");
    }
  }

  @Test
  void theEchoHasALogProbabilityForEachTokenButTheFirst() {
    JsonNode choice = complete("\"echo\":true,\"max_tokens\":0,\"logprobs\":1", "h\u00e9y").at("/choices/0");
    assertThat(choice.path("text").asText()).isEqualTo("h\u00e9y");
    JsonNode logprobs = choice.path("logprobs");
    assertThat(logprobs.path("tokens")).hasSize(4);
    assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
    assertThat(logprobs.at("/token_logprobs/3").doubleValue()).isNegative();
    assertThat(logprobs.path("text_offset")).extracting(JsonNode::asInt).containsExactly(0, 1, 1, 2);

    JsonNode more = complete("\"echo\":true,\"max_tokens\":2,\"logprobs\":1,\"temperature\":0", "hey");
    assertThat(more.at("/choices/0/text").asText()).startsWith("hey");
    assertThat(more.at("/choices/0/logprobs/tokens")).hasSizeBetween(4, 5);
    assertThat(more.at("/choices/0/nescio/tokens")).hasSameSizeAs(more.at("/choices/0/logprobs/tokens"));
  }

  @Test
  void aStreamSaysWhatTheWholeReplySays() {
    for (String path : List.of("/v1/completions", "/v1/chat/completions")) {
      boolean chat = path.contains("chat");
      String what = chat ? "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"logprobs\":true,\"top_logprobs\":2"
          : "\"prompt\":[\"hi\",\"there\"],\"logprobs\":2";
      String body =
          "{\"model\":\"tiny\",\"n\":2,\"seed\":3,\"temperature\":1,\"max_tokens\":20," + what + "%s}";
      JsonNode whole = serving.json(serving.post(path, body.formatted("")));
      List<String> events =
          serving.events(path, body.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
      assertThat(events.getLast()).isEqualTo("[DONE]");
      int choices = whole.path("choices").size();
      assertThat(choices).isEqualTo(chat ? 2 : 4);
      StringBuilder[] texts = new StringBuilder[choices];
      List<List<String>> tokens = new ArrayList<>();
      String[] reasons = new String[choices];
      JsonNode[] judged = new JsonNode[choices];
      for (int i = 0; i < choices; i++) {
        texts[i] = new StringBuilder();
        tokens.add(new ArrayList<>());
      }
      JsonNode usage = null;
      for (String event : events.subList(0, events.size() - 1)) {
        JsonNode chunk = json(event);
        assertThat(chunk.path("id").asText()).startsWith(chat ? "chatcmpl-" : "cmpl-");
        if (chunk.path("choices").isEmpty()) usage = chunk.path("usage");
        for (JsonNode choice : chunk.path("choices")) {
          int i = choice.path("index").asInt();
          texts[i].append(chat ? choice.at("/delta/content").asText("") : choice.path("text").asText());
          JsonNode rows = chat ? choice.at("/logprobs/content") : choice.at("/logprobs/token_logprobs");
          rows.forEach(row -> tokens.get(i).add(chat ? row.path("logprob").toString() : row.toString()));
          if (!choice.path("finish_reason").isNull()) {
            reasons[i] = choice.path("finish_reason").asText();
            judged[i] = choice.path("nescio");
          }
        }
      }
      assertThat(usage).isNotNull();
      assertThat(usage.path("completion_tokens")).isEqualTo(whole.at("/usage/completion_tokens"));
      for (int i = 0; i < choices; i++) {
        JsonNode choice = whole.path("choices").path(i);
        assertThat(texts[i].toString())
            .isEqualTo((chat ? choice.at("/message/content") : choice.path("text")).asText());
        assertThat(reasons[i]).isEqualTo(choice.path("finish_reason").asText());
        assertThat(judged[i]).isEqualTo(choice.path("nescio"));
        JsonNode rows = chat ? choice.at("/logprobs/content") : choice.at("/logprobs/token_logprobs");
        List<String> expected = new ArrayList<>();
        rows.forEach(row -> expected.add(chat ? row.path("logprob").toString() : row.toString()));
        assertThat(tokens.get(i)).isEqualTo(expected);
      }
    }
  }

  @Test
  void confidenceAndDecisionStandInOneObject() {
    JsonNode nescio = complete("\"temperature\":0,\"max_tokens\":4", "hello").at("/choices/0/nescio");
    assertThat(nescio.path("decision").asText()).isIn("ANSWER", "IDK");
    assertThat(nescio.path("reason").asText()).isNotEmpty();
    assertThat(nescio.has("confidence")).isFalse();
    assertThat(nescio.path("confidence_reason").asText()).isEqualTo("uncalibrated");
    assertThat(nescio.path("p_idk").doubleValue()).isBetween(0.0, 1.0);
    assertThat(nescio.at("/scores/sequence-probability").doubleValue())
        .isCloseTo(Math.exp(nescio.path("sequence_log_prob").doubleValue()), within(1e-12));
    assertThat(nescio.path("mean_entropy").doubleValue()).isPositive();
    assertThat(nescio.has("tokens")).as("only with logprobs").isFalse();
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
    "{\"prompt\":\"x\"};400;model", "{\"model\":\"tiny\"};400;prompt", "{\"model\":\"none\",\"prompt\":\"x\"};404;model",
    "{\"model\":\"tiny\",\"prompt\":\"\"};400;prompt", "{\"model\":\"tiny\",\"prompt\":7};400;prompt",
    "{\"model\":\"tiny\",\"prompt\":[7,999999]};400;prompt",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"temperature\":3};400;temperature",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"temperature\":\"hot\"};400;temperature",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"top_p\":0};400;top_p",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"n\":0};400;n", "{\"model\":\"tiny\",\"prompt\":\"x\",\"n\":9};400;n",
    "{\"model\":\"tiny\",\"prompt\":[\"x\",\"y\",\"z\"],\"n\":3};400;n",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"best_of\":2};400;best_of",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"max_tokens\":0};400;max_tokens",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"max_tokens\":1.5};400;max_tokens",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"max_tokens\":201};400;max_tokens",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"logprobs\":21};400;logprobs",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"seed\":\"a\"};400;seed",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"stop\":[1]};400;stop",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"stream\":\"yes\"};400;stream",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"stream_options\":{}};400;stream_options",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"echo\":true,\"stream\":true};400;echo",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"suffix\":\"y\"};400;suffix",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"presence_penalty\":1};400;presence_penalty",
    "{\"model\":\"tiny\",\"prompt\":\"x\",\"colour\":1};400;colour", "[];400;null", "{;400;null", "{} {};400;null"
  })
  void aMistakeIsAnsweredWithTheFieldsName(String body, int status, String param) {
    HttpResponse<String> response = serving.post("/v1/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = serving.json(response).path("error");
    assertThat(error.path("param").asText()).isEqualTo(param);
    assertThat(error.path("message").asText()).isNotEmpty();
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.has("code")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', value = {
    "'';messages", "\"messages\":[];messages", "\"messages\":[{\"role\":\"king\",\"content\":\"x\"}];messages[0].role",
    "\"messages\":[{\"role\":\"user\"}];messages[0].content",
    "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}];messages[0].content",
    "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"top_logprobs\":2;top_logprobs",
    "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"tools\":[{}];tools",
    "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"response_format\":{\"type\":\"json_object\"};response_format"
  })
  void aMistakeInAConversationToo(String rest, String param) {
    String body = "{\"model\":\"tiny\"" + (rest.isEmpty() ? "" : "," + rest) + "}";
    HttpResponse<String> response = serving.post("/v1/chat/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(serving.json(response).at("/error/param").asText()).isEqualTo(param);
  }

  @Test
  void whatClientsSendWithoutMeaningItIsTaken() {
    JsonNode reply = serving.json(serving.post("/v1/chat/completions",
        "{\"model\":\"tiny\",\"messages\":[{\"role\":\"developer\",\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}],"
            + "\"user\":\"u\",\"metadata\":{},\"store\":false,\"tools\":null,\"logit_bias\":{},\"frequency_penalty\":0,"
            + "\"response_format\":{\"type\":\"text\"},\"max_completion_tokens\":2,\"stop\":null}"));
    assertThat(reply.path("object").asText()).isEqualTo("chat.completion");
    assertThat(reply.at("/usage/completion_tokens").asInt()).isBetween(1, 2);
  }

  @Test
  void tokenIdsOfATextAreTakenForIt() {
    int[] ids = serving.model.tokenizer().encode("hello");
    StringBuilder list = new StringBuilder();
    for (int id : ids) list.append(list.isEmpty() ? "" : ",").append(id);
    JsonNode byIds = serving.json(serving.post("/v1/completions",
        "{\"model\":\"tiny\",\"prompt\":[" + list + "],\"temperature\":0,\"max_tokens\":5}"));
    assertThat(byIds.at("/choices/0/text")).isEqualTo(
        complete("\"temperature\":0,\"max_tokens\":5", "hello").at("/choices/0/text"));
  }

  @Test
  void aPromptThatDoesNotFitIsRefusedInOpenAisWords() {
    String prompt = "x".repeat(ByteModel.twoLayers().contextTokens());
    HttpResponse<String> response =
        serving.post("/v1/completions", "{\"model\":\"tiny\",\"stream\":true,\"prompt\":\"" + prompt + "\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(serving.json(response).at("/error/code").asText()).isEqualTo("context_length_exceeded");
    assertThatThrownBy(() -> client.generate(List.of(GenerationRequest.greedy(prompt, 5))))
        .isInstanceOf(PromptTooLongException.class).hasMessageContaining("256");
  }

  @Test
  void theHttpLayersErrorsHaveTheSameForm() {
    HttpResponse<String> none = serving.get("/v1/none");
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(serving.json(none).at("/error/type").asText()).isEqualTo("invalid_request_error");
    assertThat(serving.get("/v1/completions").statusCode()).isEqualTo(405);
    HttpResponse<String> large = serving.post("/v1/completions", "{\"prompt\":\"" + "x".repeat(5000) + "\"}");
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(serving.json(large).at("/error/message").asText()).isNotEmpty();
  }

  @Test
  void healthAndFiguresAreThere() {
    complete("\"max_tokens\":1", "hello");
    assertThat(serving.json(serving.get("/health/readiness")).path("status").asText()).isEqualTo("UP");
    assertThat(serving.get("/health/liveness").statusCode()).isEqualTo(200);
    assertThat(serving.json(serving.get("/health")).at("/details/model/details/models/0").asText()).isEqualTo("tiny");
    assertThat(serving.get("/prometheus").body())
        .containsPattern("(?m)^serve_requests_total\\{.*outcome=\"completed\".*\\} [1-9]")
        .containsPattern("(?m)^serve_tokens_total\\{.*kind=\"generated\".*\\} [1-9]")
        .contains("serve_inflight", "serve_queue_depth");
  }

  @Test
  void aCalibrationGivesConfidencesToItsModelOnly() throws IOException {
    Path base = directory.resolve("base");
    Path file = directory.resolve("calibration.json");
    String digest = serving.model.identity().digest();
    Files.writeString(file, """
        {"version":"c1","modelDigest":"%s","estimator":"sequence-probability","method":"platt",
         "parameters":{"a":2.0,"b":-0.5},"tau":0.0}
        """.formatted(digest));
    Calibration calibration = Calibration.read(file);
    assertThat(calibration.tau()).isEqualTo(OptionalDouble.of(0));
    ServeConfig locked =
        new ServeConfig("127.0.0.1", 0, 4096, 1, 0, 20, 8, Duration.ofSeconds(5), Optional.of("secret"));
    assertThat(locked.toString()).doesNotContain("secret");
    Map<String, Path> tuned = Map.of("tuned", directory.resolve("tuned"));
    try (Serving with = new Serving(base, tuned, locked, Optional.of(calibration))) {
      String body = "{\"model\":\"%s\",\"prompt\":\"hello\",\"temperature\":0,\"max_tokens\":3}";
      HttpResponse<String> refused = with.post("/v1/completions", body.formatted("tiny"));
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(with.get("/health").statusCode()).isEqualTo(200);
      JsonNode nescio =
          with.json(with.post("/v1/completions", body.formatted("tiny"), "Authorization", "Bearer secret"))
              .at("/choices/0/nescio");
      assertThat(nescio.path("confidence").doubleValue())
          .isCloseTo(calibration.map().apply(nescio.at("/scores/sequence-probability").doubleValue()), within(1e-9));
      assertThat(nescio.path("calibrator").asText()).isEqualTo("c1");
      assertThat(nescio.path("decision").asText()).as("p_idk is above 0").isEqualTo("IDK");
      JsonNode other =
          with.json(with.post("/v1/completions", body.formatted("tuned"), "Authorization", "Bearer secret"))
              .at("/choices/0/nescio");
      assertThat(other.path("confidence_reason").asText()).isEqualTo("uncalibrated");
      assertThatThrownBy(() -> with.client(Map.of()))
          .isInstanceOf(RequestRefusedException.class).hasMessageContaining("401");
      try (OpenAiModel keyed = with.client(Map.of("key.variable", "KEY"))) {
        assertThat(keyed.generate(List.of(GenerationRequest.greedy("hello", 2)))).hasSize(1);
      }
    }
    Files.writeString(file, "{\"version\":\"c1\",\"slope\":1}");
    assertThatThrownBy(() -> Calibration.read(file)).hasMessageContainingAll(file.toString(), "slope");
  }

  private static JsonNode complete(String options, String prompt) {
    return serving.json(serving.post("/v1/completions",
        "{\"model\":\"tiny\",\"prompt\":\"" + prompt + "\"," + options + "}"));
  }

  private static JsonNode json(String text) {
    try {
      return Serving.JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }
}
