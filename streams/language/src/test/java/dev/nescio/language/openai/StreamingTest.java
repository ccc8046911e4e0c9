package dev.nescio.language.openai;

import static dev.nescio.language.openai.FaultyServer.events;
import static dev.nescio.language.openai.FaultyServer.json;
import static dev.nescio.language.openai.FaultyServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Finish;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.PromptTooLongException;
import dev.nescio.language.Sampling;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that come in chunks, from a server that does what it is told. */
class StreamingTest {

  private static final GenerationRequest REQUEST = GenerationRequest.greedy("q", 9).withStop(List.of("\n\n"));

  private final FaultyServer server = new FaultyServer();
  private final List<String> heard = new ArrayList<>();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tellsEachTokenOnceAndGivesTheWholeAtTheEnd() {
    server.answers(events(chunk(0, " Li", -0.5, null), chunk(0, "ma", -0.25, null), chunk(0, ".", -1, "stop"), usage()));
    try (OpenAiModel model = open(Map.of())) {
      Generation generation = generate(model, REQUEST);
      assertThat(heard).containsExactly("0: Li", "0:ma", "0:.");
      assertThat(generation.first().text()).isEqualTo(" Lima.");
      assertThat(generation.first().tokens()).extracting(Token::logProb).containsExactly(-0.5, -0.25, -1.0);
      assertThat(generation.first().finish()).isEqualTo(Finish.END);
      assertThat(generation.promptTokens()).isEqualTo(7);
      assertThat(generation.first().generatedTokens()).isEqualTo(3);
    }
    JsonNode body = server.completions().getFirst();
    assertThat(body.path("stream").asBoolean()).isTrue();
    assertThat(body.at("/stream_options/include_usage").asBoolean()).isTrue();
  }

  @Test
  void holdsBackWhatAStopStringMayCutOff() {
    server.answers(events(
        chunk(0, "a", -0.5, null), chunk(0, "\\n", -0.5, null), chunk(0, "b", -0.5, null),
        chunk(0, "\\n", -0.5, null), chunk(0, "\\n", -0.5, "stop"), usage()));
    try (OpenAiModel model = open(Map.of())) {
      Generation generation =
          model.generate(List.of(REQUEST), (request, sample, token) -> {
            heard.add(token.text());
          }).getFirst();
      assertThat(heard).containsExactly("a", "\n", "b");
      assertThat(generation.first().text()).isEqualTo("a\nb");
      assertThat(generation.first().finish()).isEqualTo(Finish.STOP);
    }
  }

  @Test
  void keepsSeveralSamplesApart() {
    server.answers(events(
        chunk(1, "x", -0.5, null), chunk(0, "a", -0.5, null), chunk(1, "y", -0.5, "length"),
        chunk(0, "b", -0.5, "length"), usage()));
    try (OpenAiModel model = open(Map.of())) {
      Generation generation = generate(model, REQUEST.withSamples(2, new Sampling(1, 0, 1), 3));
      assertThat(heard).containsExactly("1:x", "0:a", "1:y", "0:b");
      assertThat(generation.sequences()).extracting(Generation.Sequence::text).containsExactly("ab", "xy");
      assertThat(generation.sequences()).extracting(Generation.Sequence::finish).containsOnly(Finish.LENGTH);
    }
  }

  @Test
  void aListenerThatThrowsEndsTheConnection() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    server.answers((exchange, body) -> {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      byte[] event = ("data: " + chunk(0, "a", -0.5, null) + "\n\n").getBytes();
      try {
        while (true) {
          exchange.getResponseBody().write(event);
          exchange.getResponseBody().flush();
        }
      } catch (IOException e) {
        hungUp.countDown();
        throw e;
      }
    });
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> model.generate(List.of(REQUEST, REQUEST, REQUEST), (request, sample, token) -> {
        throw new CancellationException("nobody waits");
      })).isInstanceOf(CancellationException.class).hasMessage("nobody waits");
    }
    assertThat(hungUp.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anAnswerInOnePieceIsTakenToo() {
    server.answers(json("""
        {"choices":[{"index":0,"text":" Lima","finish_reason":"length","logprobs":{
          "tokens":[" Li","ma"],"token_logprobs":[-0.5,-0.25],"text_offset":[0,3]}}],"usage":{"prompt_tokens":7}}"""));
    try (OpenAiModel model = open(Map.of())) {
      assertThat(generate(model, REQUEST).first().text()).isEqualTo(" Lima");
      assertThat(heard).containsExactly("0: Li", "0:ma");
    }
  }

  @Test
  void asksAgainOnlyBeforeTheFirstChunk() {
    server.answers(
        status(503, "{}"), (exchange, body) -> exchange.close(),
        events(chunk(0, "a", -0.5, "length"), usage()));
    try (OpenAiModel model = open(Map.of("retries", "3"))) {
      assertThat(generate(model, REQUEST).first().text()).isEqualTo("a");
      assertThat(server.completions()).hasSize(3);
    }
  }

  @Test
  void aStreamThatBreaksOffHasFailed() {
    server.answers((exchange, body) -> {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write(("data: " + chunk(0, "a", -0.5, null) + "\n\n").getBytes());
      exchange.getResponseBody().flush();
    });
    try (OpenAiModel model = open(Map.of("retries", "3"))) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("broke off");
      assertThat(heard).containsExactly("0:a");
      assertThat(server.completions()).hasSize(1);
    }
    server.answers(events(chunk(0, "a", -0.5, null)));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(ProtocolViolationException.class)
          .hasMessageContaining("before choice 0 did");
    }
  }

  @Test
  void aServerThatFallsSilentIsGivenUp() {
    CountDownLatch end = new CountDownLatch(1);
    server.answers((exchange, body) -> {
      exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(("data: " + chunk(0, "a", -0.5, null) + "\n\n").getBytes());
      exchange.getResponseBody().flush();
      try {
        end.await(60, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try (OpenAiModel model = open(Map.of("request.timeout.ms", "1000"))) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(ServerUnreachableException.class)
          .hasMessageContaining("sent nothing for 1000 ms");
    } finally {
      end.countDown();
    }
  }

  @Test
  void whatAServerDoesNotTellOfItsStreamIsAskedFor() {
    server.answers(
        events(chunk(0, "a", -0.5, "length")), json("{\"count\": 3}"));
    try (OpenAiModel model = open(Map.of())) {
      assertThat(generate(model, REQUEST).promptTokens()).isEqualTo(3);
    }
  }

  @Test
  void aStreamWithoutAChunkIsNoAnswer() {
    server.answers(status(200, "", "Content-Type", "text/event-stream"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(ProtocolViolationException.class)
          .hasMessageContaining("without a chunk");
    }
  }

  @Test
  void anErrorInTheStreamIsTheServersRefusal() {
    server.answers(events(
        "{\"error\":{\"message\":\"too long\",\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(PromptTooLongException.class);
    }
    server.answers(events("{\"error\":{\"message\":\"out of memory\",\"type\":\"server_error\",\"code\":500}}"));
    try (OpenAiModel model = open(Map.of())) {
      assertThatThrownBy(() -> generate(model, REQUEST)).isInstanceOf(RequestRefusedException.class)
          .hasMessageContaining("out of memory");
    }
  }

  private Generation generate(OpenAiModel model, GenerationRequest request) {
    return model.generate(List.of(request), (r, sample, token) -> heard.add(sample + ":" + token.text())).getFirst();
  }

  private static String chunk(int index, String text, double logProb, String finish) {
    String reason = finish == null ? "null" : "\"" + finish + "\"";
    if (text.equals(".")) reason += ",\"stop_reason\":null";
    return ("{\"choices\":[{\"index\":%d,\"text\":\"%s\",\"finish_reason\":%s,\"logprobs\":{\"tokens\":[\"%s\"],"
        + "\"token_logprobs\":[%s],\"top_logprobs\":[{\"%s\":%s}]}}]}")
        .formatted(index, text, reason, text, logProb, text, logProb);
  }

  private static String usage() {
    return "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}";
  }

  private OpenAiModel open(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(Map.of("url", server.url().toString(), "retries", "0"));
    all.putAll(settings);
    return OpenAiModel.open(
        OpenAiConfig.of(all), Map.<String, String>of()::get, pause -> { }, InstantSource.fixed(Instant.EPOCH),
        new Random(1));
  }
}
