package dev.nescio.language.openai;

import static dev.nescio.language.openai.FaultyServer.json;
import static dev.nescio.language.openai.FaultyServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.EvidenceKind;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import dev.nescio.language.UnknownAdapterException;
import dev.nescio.language.UnsupportedEvidenceException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenAiModelTest {

  private static final String LIMA =
      """
      {"choices":[{"index":0,"text":" Lima","finish_reason":"stop","stop_reason":"\\n","logprobs":{
        "tokens":[" Lima","\\n"],"token_logprobs":[-0.5,-0.25],"text_offset":[0,5],
        "top_logprobs":[{" Lima":-0.5," Cusco":-1.25},{"\\n":-0.25,".":-2.0}]}}],
       "usage":{"prompt_tokens":7,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}
      """;

  private final FaultyServer server = new FaultyServer();
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void readsAnAnswerWithItsLogProbabilities() {
    server.answers(json(LIMA));
    try (OpenAiModel model = open(Map.of())) {
      Generation generation = model.generate(List.of(GenerationRequest.greedy("q", 5).withAlternatives(1))).getFirst();
      assertThat(generation.promptTokens()).isEqualTo(7);
      assertThat(generation.cachedPromptTokens()).isEqualTo(4);
      Sequence sequence = generation.first();
      assertThat(sequence.text()).isEqualTo(" Lima");
      assertThat(sequence.finish()).isEqualTo(Finish.STOP);
      assertThat(sequence.generatedTokens()).isEqualTo(2);
      assertThat(sequence.pIdk()).isEmpty();
      assertThat(sequence.tokens()).hasSize(1);
      Generation.Token token = sequence.tokens().getFirst();
      assertThat(token.logProb()).isEqualTo(-0.5);
      assertThat(token.margin()).contains(0.75);
      assertThat(token.entropy()).isEmpty();
      assertThat(token.knownId()).isEmpty();
      assertThatThrownBy(token::id).hasMessageContaining("' Lima'");
      assertThat(token.alternatives()).singleElement().satisfies(a -> assertThat(a.text()).isEqualTo(" Lima"));
    }
  }

  @Test
  void asksInTheServersOwnWords() {
    server.answers(json(LIMA));
    try (OpenAiModel model = open(Map.of())) {
      model.generate(List.of(new GenerationRequest(
          "q", "", 1, new Sampling(0.5, 40, 0.9, 0.05, 1.1), 9, List.of("\n", "Q:"), 12, Optional.empty(), 4)));
    }
    JsonNode body = server.completions().getFirst();
    assertThat(body.path("model").asText()).isEqualTo("m");
    assertThat(body.path("prompt").asText()).isEqualTo("q");
    assertThat(body.path("max_tokens").asInt()).isEqualTo(9);
    assertThat(body.path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(body.path("top_p").asDouble()).isEqualTo(0.9);
    assertThat(body.path("top_k").asInt()).isEqualTo(40);
    assertThat(body.path("min_p").asDouble()).isEqualTo(0.05);
    assertThat(body.path("repetition_penalty").asDouble()).isEqualTo(1.1);
    assertThat(body.path("seed").asLong()).isEqualTo(12);
    assertThat(body.path("logprobs").asInt()).isEqualTo(4);
    assertThat(body.path("n").asInt()).isEqualTo(1);
    assertThat(body.path("skip_special_tokens").asBoolean(true)).isFalse();
    assertThat(body.path("stop")).extracting(JsonNode::asText).containsExactly("\n", "Q:");
  }

  @Test
  void asksForNoOtherProtocolSinceUvicornLosesTheBodyThen() {
    server.answers(json(LIMA));
    try (OpenAiModel model = open(Map.of())) {
      model.generate(List.of(GenerationRequest.greedy("q", 5)));
    }
    assertThat(server.requests).hasSizeGreaterThan(1)
        .allSatisfy(r -> assertThat(r.headers()).doesNotContainKeys("Upgrade", "Http2-settings"));
  }

  @Test
  void aConversationGoesToTheServersOwnTemplate() {
    server.answers(json(
        """
        {"choices":[{"index":0,"message":{"role":"assistant","content":"Lima"},"finish_reason":"stop",
          "stop_reason":null,"logprobs":{"content":[{"token":"Lima","logprob":-0.5,"top_logprobs":[{"token":"Lima","logprob":-0.5},
            {"token":"Cusco","logprob":-1.0}]},{"token":"<|im_end|>","logprob":-0.25,"top_logprobs":[]}]}}]}
        """));
    GenerationRequest asked = GenerationRequest.greedy("", 5).withChat(List.of(ChatMessage.user("Peru?")));
    try (OpenAiModel model = open(Map.of())) {
      Sequence sequence = model.generate(List.of(asked)).getFirst().first();
      assertThat(sequence.text()).isEqualTo("Lima");
      assertThat(sequence.finish()).isEqualTo(Finish.END);
      assertThat(sequence.tokens().getFirst().margin()).contains(0.5);
      assertThat(sequence.endLogProb()).contains(-0.25);
    }
    FaultyServer.Request request = server.requests.getLast();
    assertThat(request.path()).isEqualTo("/v1/chat/completions");
    assertThat(request.body().has("prompt")).isFalse();
    assertThat(request.body().path("messages").toString()).isEqualTo("[{\"role\":\"user\",\"content\":\"Peru?\"}]");
    assertThat(request.body().path("logprobs").asBoolean()).isTrue();
    assertThat(request.body().path("top_logprobs").asInt()).isEqualTo(2);
  }

  @Test
  void saysWhatTheServerCannotGive() {
    try (OpenAiModel vllm = open(Map.of("kind", "vllm")); OpenAiModel tgi = open(Map.of("kind", "tgi"));
        OpenAiModel generic = open(Map.of("kind", "generic"))) {
      assertThat(vllm.evidence()).containsExactlyInAnyOrder(
          EvidenceKind.TOKEN_LOG_PROBS, EvidenceKind.ALTERNATIVES, EvidenceKind.SAMPLES,
          EvidenceKind.CONTINUATION_SCORES);
      assertThat(generic.evidence()).doesNotContain(EvidenceKind.CONTINUATION_SCORES, EvidenceKind.FULL_ENTROPY);
      assertThat(tgi.evidence()).isEmpty();
      GenerationRequest request = GenerationRequest.greedy("q", 5);
      assertThatThrownBy(() -> vllm.generate(List.of(request.withInternals(true))))
          .isInstanceOf(UnsupportedEvidenceException.class).hasMessageContaining("INTERNALS");
      assertThatThrownBy(() -> generic.generate(List.of(request.withAlternatives(6))))
          .isInstanceOf(UnsupportedEvidenceException.class).hasMessageContaining("at most 5");
      assertThatThrownBy(() -> generic.score(List.of(new ContinuationRequest("a", "b", Optional.empty()))))
          .isInstanceOf(UnsupportedEvidenceException.class).hasMessageContaining("CONTINUATION_SCORES");
      assertThatThrownBy(() -> tgi.generate(List.of(request.withSamples(2, new Sampling(1, 0, 1), 0))))
          .isInstanceOf(UnsupportedEvidenceException.class).hasMessageContaining("SAMPLES");
      assertThatThrownBy(() -> generic.generate(List.of(request.withSamples(1, new Sampling(1, 5, 1), 0))))
          .hasMessageContaining("top-k");
      assertThatThrownBy(() -> generic.generate(List.of(request.withIgnoreEnd(true))))
          .hasMessageContaining("ignoreEnd");
    }
    assertThat(server.completions()).isEmpty();
  }

  @Test
  void aServerWithoutLogProbabilitiesGivesTextAndNoTokens() {
    server.answers(json("{\"choices\":[{\"index\":0,\"text\":\" Lima\",\"finish_reason\":\"eos_token\"}],"
        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}"));
    try (OpenAiModel model = open(Map.of("kind", "tgi"))) {
      GenerationRequest request = GenerationRequest.greedy("q", 5).withStop(List.of());
      Sequence sequence = model.generate(List.of(request)).getFirst().first();
      assertThat(sequence.text()).isEqualTo(" Lima");
      assertThat(sequence.tokens()).isEmpty();
      assertThat(sequence.generatedTokens()).isEqualTo(2);
      assertThat(sequence.finish()).isEqualTo(Finish.END);
      assertThatThrownBy(sequence::sequenceLogProb).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void triesAgainWhenTheServerIsBusyAndWaitsAsLongAsItAsks() {
    server.answers(
        status(429, "{\"error\":{\"message\":\"slow down\"}}", "Retry-After", "3"), status(503, ""),
        status(502, "<html>bad gateway</html>", "Retry-After", "Sun, 22 Nov 2026 12:00:02 GMT"), json(LIMA));
    try (OpenAiModel model = open(Map.of("retry.first.ms", "100"))) {
      assertThat(model.generate(List.of(GenerationRequest.greedy("q", 5))).getFirst().first().text())
          .isEqualTo(" Lima");
    }
    assertThat(server.completions()).hasSize(4);
    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(0)).isEqualTo(Duration.ofSeconds(3));
    assertThat(pauses.get(1)).isLessThanOrEqualTo(Duration.ofMillis(200));
    assertThat(pauses.get(2)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void givesUpWithTheServersWordsWhenItStaysBusy() {
    server.answers(status(503, "{\"error\":{\"message\":\"no GPU is free\"}}"));
    try (OpenAiModel model = open(Map.of("retries", "2"))) {
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .isInstanceOf(ServerUnreachableException.class)
          .hasMessageContainingAll(server.url().toString(), "503", "no GPU is free", "attempt 3");
    }
    assertThat(server.completions()).hasSize(3);
  }

  @Test
  void doesNotWaitForEver() {
    server.answers(status(429, "", "Retry-After", "3600"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .isInstanceOf(ServerUnreachableException.class).hasMessageContaining("asks to wait 3600 s");
    }
    assertThat(pauses).isEmpty();
  }

  @Test
  void aTimeoutIsTriedAgainAlsoInTheMiddleOfAnAnswer() {
    CountDownLatch never = new CountDownLatch(1);
    FaultyServer.Answer silent = (exchange, body) -> await(never);
    FaultyServer.Answer half = (exchange, body) -> {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      await(never);
    };
    server.answers(silent, half, json(LIMA));
    try (OpenAiModel model = open(Map.of("request.timeout.ms", "300"))) {
      assertThat(model.generate(List.of(GenerationRequest.greedy("q", 5))).getFirst().first().text())
          .isEqualTo(" Lima");
    } finally {
      never.countDown();
    }
    assertThat(server.completions()).hasSize(3);
  }

  @Test
  void aBrokenConnectionIsTriedAgain() {
    server.answers((exchange, body) -> exchange.close(), json(LIMA));
    try (OpenAiModel model = open(Map.of())) {
      assertThat(model.generate(List.of(GenerationRequest.greedy("q", 5)))).hasSize(1);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() {
    URI gone = server.url();
    server.close();
    assertThatThrownBy(() -> open(Map.of("retries", "1"), gone, Map.of()))
        .isInstanceOf(ServerUnreachableException.class)
        .hasMessageContainingAll(gone.toString(), "refused the connection", "check that it runs");
  }

  @Test
  void aRefusalIsNotTriedAgainAndKeepsTheServersWords() {
    server.answers(
        status(400, "{\"error\":{\"message\":\"bad seed\",\"type\":\"BadRequestError\",\"param\":\"seed\"}}"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .isInstanceOfSatisfying(RequestRefusedException.class, e -> {
            assertThat(e.status()).isEqualTo(400);
            assertThat(e.code()).contains("BadRequestError");
          })
          .hasMessageContainingAll("400", "bad seed", "(seed)");
    }
    assertThat(server.completions()).hasSize(1);
  }

  @Test
  void refusalsOfOtherServersAreReadToo() {
    server.answers(
        status(422, "{\"error\":\"Input validation error: `max_new_tokens`\",\"error_type\":\"validation\"}"),
        status(401, "{\"detail\":\"Unauthorized\"}"), status(404, "404 page not found"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .hasMessageContainingAll("422", "max_new_tokens");
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .hasMessageContainingAll("401", "Unauthorized", "key.variable");
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .hasMessageContainingAll("404", "page not found", "/v1");
    }
  }

  @Test
  void aPromptThatDoesNotFitIsToldApart() {
    server.answers(status(400, "{\"error\":{\"message\":\"This model's maximum context length is 100 tokens\"}}"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .isInstanceOf(PromptTooLongException.class).hasMessageContaining("100 tokens");
    }
  }

  @Test
  void nonsenseIsAProtocolViolation() {
    List<String> nonsense =
        List.of("oops", "[", "{}", "{\"choices\":[]}",
            "{\"choices\":[{\"index\":1,\"text\":\"\",\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[{\"index\":0,\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\"}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"bored\",\"logprobs\":"
                + "{\"tokens\":[\"x\"],\"token_logprobs\":[-1]}}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\",\"logprobs\":{\"tokens\":[\"x\"]}}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\",\"logprobs\":"
                + "{\"tokens\":[\"x\"],\"token_logprobs\":[3.5]}}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\",\"logprobs\":"
                + "{\"tokens\":[\"x\"],\"token_logprobs\":[null]}}]}",
            "{\"choices\":[{\"index\":0,\"text\":\"x\",\"finish_reason\":\"stop\",\"logprobs\":"
                + "{\"tokens\":[\"x\"],\"token_logprobs\":[NaN]}}]}");
    server.answers(nonsense.stream().map(FaultyServer::json).toArray(FaultyServer.Answer[]::new));
    try (OpenAiModel model = open(Map.of())) {
      for (String answer : nonsense) {
        assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5)))).as(answer)
            .isInstanceOf(ProtocolViolationException.class);
      }
    }
  }

  @Test
  void sendsTheKeyAndNeverShowsIt() {
    server.answers(status(401, "{\"error\":{\"message\":\"wrong key\"}}"));
    Map<String, String> environment = Map.of("SOME_KEY", "sk-secret");
    try (OpenAiModel model = open(Map.of("key.variable", "SOME_KEY"), server.url(), environment)) {
      assertThat(server.requests.getFirst().headers().get("Authorization")).containsExactly("Bearer sk-secret");
      assertThatThrownBy(() -> model.generate(List.of(GenerationRequest.greedy("q", 5))))
          .satisfies(e -> assertThat(e.toString()).contains("wrong key").doesNotContain("secret"));
    }
    assertThatThrownBy(() -> open(Map.of("key.variable", "NO_KEY"), server.url(), environment))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("NO_KEY");
  }

  @Test
  void keepsToItsConcurrencyAndTheOrderOfRequests() {
    CountDownLatch twoAreThere = new CountDownLatch(2);
    server.answers((exchange, body) -> {
      twoAreThere.countDown();
      await(twoAreThere);
      json(LIMA.replace(" Lima", " " + body.path("prompt").asText())).to(exchange, body);
    });
    List<GenerationRequest> requests =
        IntStream.range(0, 12).mapToObj(i -> GenerationRequest.greedy("p" + i, 5)).toList();
    try (OpenAiModel model = open(Map.of("concurrency", "2"))) {
      assertThat(model.generate(requests)).extracting(g -> g.first().text())
          .containsExactlyElementsOf(requests.stream().map(r -> " " + r.prompt()).toList());
    }
    assertThat(server.mostUnderWay.get()).isEqualTo(2);
  }

  @Test
  void aSampleIsARequestOfItsOwnWhereTheServerTakesNoN() {
    server.answers(json(LIMA));
    try (OpenAiModel model = open(Map.of("kind", "llama.cpp"))) {
      GenerationRequest request = GenerationRequest.greedy("q", 5).withSamples(3, new Sampling(1, 0, 1), 5);
      assertThat(model.generate(List.of(request)).getFirst().sequences()).hasSize(3);
    }
    List<JsonNode> bodies = server.completions();
    assertThat(bodies).hasSize(3).noneMatch(body -> body.has("n"));
    assertThat(bodies).extracting(body -> body.path("seed").asLong()).doesNotHaveDuplicates().contains(5L);
    assertThat(bodies).allMatch(body -> body.has("repeat_penalty"));
  }

  @Test
  void adaptersAreModelsOfOtherNames() throws IOException {
    server.models("{\"data\":[{\"id\":\"m\",\"owned_by\":\"vllm\",\"max_model_len\":100},"
        + "{\"id\":\"tuned\",\"owned_by\":\"vllm\",\"parent\":\"m\"}]}").answers(json(LIMA));
    try (OpenAiModel model = open(Map.of())) {
      String adapter = model.loadAdapter(Path.of("adapters", "tuned"));
      assertThat(adapter).isEqualTo("tuned");
      model.generate(List.of(GenerationRequest.greedy("q", 5).withAdapter(Optional.of(adapter))));
      assertThat(server.completions().getFirst().path("model").asText()).isEqualTo("tuned");
      assertThat(model.digest(Optional.of(adapter)))
          .matches("[0-9a-f]{64}").isNotEqualTo(model.digest(Optional.empty()));
      assertThatThrownBy(() -> model.digest(Optional.of("other"))).isInstanceOf(UnknownAdapterException.class);
      assertThatThrownBy(() -> model.loadAdapter(Path.of("other")))
          .isInstanceOf(IOException.class).hasMessageContainingAll("serves no adapter other", "--lora-modules");
      server.models("{\"data\":[{\"id\":\"other\",\"owned_by\":\"vllm\",\"parent\":\"m\"}]}");
      assertThat(model.loadAdapter(Path.of("other"))).isEqualTo("other");
    }
  }

  @Test
  void theModelIsNamedWhereThereAreSeveral() {
    server.models("{\"data\":[{\"id\":\"a\",\"max_model_len\":10},{\"id\":\"b\",\"max_model_len\":20}]}");
    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("serves several models; name one of a, b");
    assertThatThrownBy(() -> open(Map.of("model", "c"))).hasMessageContaining("serves no model c; it serves a, b");
    try (OpenAiModel model = open(Map.of("model", "b"))) {
      assertThat(model.identity().contextTokens()).isEqualTo(20);
      assertThat(model.kind()).isEqualTo(ServerKind.GENERIC);
    }
    server.models("{\"data\":[]}");
    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("lists no model");
    server.models("{\"data\":[{\"id\":\"a\"}]}");
    assertThatThrownBy(() -> open(Map.of())).hasMessageContaining("context.tokens");
    assertThat(open(Map.of("context.tokens", "77")).identity().contextTokens()).isEqualTo(77);
  }

  @Test
  void theDigestOfAForeignModelIsOfAddressNameAndOwner() {
    try (OpenAiModel first = open(Map.of()); OpenAiModel again = open(Map.of())) {
      assertThat(first.identity().digest()).isEqualTo(again.identity().digest()).matches("[0-9a-f]{64}");
      server.models("{\"data\":[{\"id\":\"m\",\"owned_by\":\"someone\",\"max_model_len\":100}]}");
      assertThat(open(Map.of()).identity().digest()).isNotEqualTo(first.identity().digest());
    }
  }

  @Test
  void countsTokensInEachServersWay() {
    server.answers(
        json("{\"count\":4,\"tokens\":[1,2,3,4]}"), json("{\"tokens\":[1,2,3]}"), json("[{\"id\":1},{\"id\":2}]"),
        json("{\"choices\":[{}],\"usage\":{\"prompt_tokens\":9}}"));
    List<Integer> counts = new ArrayList<>();
    for (String kind : List.of("vllm", "llama.cpp", "tgi", "generic")) {
      try (OpenAiModel model = open(Map.of("kind", kind))) {
        counts.add(model.countTokens("some text"));
      }
    }
    assertThat(counts).containsExactly(4, 3, 2, 9);
    assertThat(server.requests.stream().map(FaultyServer.Request::path).filter(p -> !p.endsWith("/models")))
        .containsExactly("/tokenize", "/tokenize", "/tokenize", "/v1/completions");
  }

  @Test
  void scoresAContinuationByItsEcho() {
    server.answers(json(
        """
        {"choices":[{"index":0,"text":"The capital is Lima.","finish_reason":"length","logprobs":{
          "tokens":["The"," capital"," is"," Lima","."],"token_logprobs":[null,-5.0,-1.0,-0.5,-0.25],
          "text_offset":[0,3,11,14,19],"top_logprobs":[null,{"a":-1},{"a":-1},{" Lima":-0.5," the":-1.5},{".":-0.25}]}}]}
        """));
    try (OpenAiModel model = open(Map.of())) {
      ContinuationRequest pair = new ContinuationRequest("The capital is", " Lima.", Optional.empty());
      Sequence score = model.score(List.of(pair)).getFirst();
      assertThat(score.text()).isEqualTo(" Lima.");
      assertThat(score.tokens()).extracting(Generation.Token::logProb).containsExactly(-0.5, -0.25);
      assertThat(score.tokens().getFirst().margin()).contains(1.0);
      assertThat(score.sequenceLogProb()).isEqualTo(-0.75);
      assertThatThrownBy(() ->
              model.score(List.of(new ContinuationRequest("", "The capital is Lima.", Optional.empty()))))
          .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no token before");
    }
    JsonNode body = server.completions().getFirst();
    assertThat(body.path("echo").asBoolean()).isTrue();
    assertThat(body.path("max_tokens").asInt(-1)).isZero();
    assertThat(body.path("prompt").asText()).isEqualTo("The capital is Lima.");
  }

  private OpenAiModel open(Map<String, String> settings) {
    return open(settings, server.url(), Map.of());
  }

  private OpenAiModel open(Map<String, String> settings, URI url, Map<String, String> environment) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("url", url.toString());
    return OpenAiModel.open(
        OpenAiConfig.of(all), environment::get, pauses::add, InstantSource.fixed(Instant.parse("2026-11-22T12:00:00Z")),
        new Random(1));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
