package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.nescio.bytemodel.ByteModel;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.Sampling;
import dev.nescio.language.openai.OpenAiModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our client hears our server's stream as it would hear the model itself. */
class StreamingClientTest {

  @TempDir static Path directory;
  private static Serving serving;
  private static OpenAiModel client;

  @BeforeAll
  static void start() throws IOException {
    ServeConfig config =
        new ServeConfig("127.0.0.1", 0, 4096, 8, 16, 200, 8, Duration.ofSeconds(5), Optional.empty());
    Path base = ByteModel.twoLayers().withChat().write(directory.resolve("base"));
    serving = new Serving(base, Map.of(), config, Optional.empty());
    client = serving.client(Map.of());
  }

  @AfterAll
  static void stop() {
    client.close();
    serving.close();
  }

  @Test
  void whatIsHeardIsWhatTheModelSaysAndWhatTheWholeAnswerHolds() {
    GenerationRequest greedy = GenerationRequest.greedy("The qu\u00efck fox", 24).withStop(List.of("e", "\n\n"));
    List<GenerationRequest> requests =
        List.of(
            greedy.withAlternatives(2), greedy.withSamples(3, new Sampling(1.2, 0, 1), 7),
            greedy.withStop(List.of()).withChat(List.of(ChatMessage.user("hello"))));
    Map<String, List<Token>> there = new TreeMap<>();
    Map<String, List<Token>> here = new TreeMap<>();
    List<Generation> remote = client.generate(requests, (r, s, token) -> hear(there, r, s, token));
    List<Generation> local = serving.model.generate(requests, (r, s, token) -> hear(here, r, s, token));
    assertThat(there.keySet()).isEqualTo(here.keySet());
    here.forEach(
        (key, tokens) -> assertThat(there.get(key)).as(key).extracting(Token::id)
            .isEqualTo(tokens.stream().map(Token::id).toList()));
    for (int r = 0; r < requests.size(); r++) {
      for (int s = 0; s < requests.get(r).samples(); s++) {
        List<Token> told = there.getOrDefault(r + "/" + s, List.of());
        assertThat(told).isEqualTo(remote.get(r).sequences().get(s).tokens());
        assertThat(told).allSatisfy(token -> assertThat(token.entropy()).isPresent());
        assertThat(remote.get(r).sequences().get(s).text()).isEqualTo(local.get(r).sequences().get(s).text());
        assertThat(remote.get(r).sequences().get(s).finish()).isEqualTo(local.get(r).sequences().get(s).finish());
      }
    }
  }

  @Test
  void aListenerThatThrowsEndsTheWorkOnTheServer() {
    GenerationRequest endless = GenerationRequest.greedy("x", 200).withStop(List.of());
    List<GenerationRequest> requests = List.of(endless, endless, endless);
    assertThatThrownBy(() -> client.generate(requests, (r, s, token) -> {
      throw new CancellationException("heard enough");
    })).isInstanceOf(CancellationException.class).hasMessage("heard enough");
    await().atMost(Duration.ofMinutes(1)).until(() -> figure("serve_inflight") == 0);
    assertThat(client.generate(List.of(endless.withSamples(1, Sampling.GREEDY, 1)))).hasSize(1);
  }

  private static double figure(String name) {
    return serving.get("/prometheus").body().lines().filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ')))).findFirst().orElse(0);
  }

  private static void hear(Map<String, List<Token>> heard, int request, int sample, Token token) {
    heard.computeIfAbsent(request + "/" + sample, key -> new ArrayList<>()).add(token);
  }
}
