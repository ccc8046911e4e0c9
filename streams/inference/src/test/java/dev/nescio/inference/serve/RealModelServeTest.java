package dev.nescio.inference.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.nescio.answering.Answerer;
import dev.nescio.answering.Ask;
import dev.nescio.answering.Prompts;
import dev.nescio.inference.RealModel;
import dev.nescio.language.ChatMessage;
import dev.nescio.language.ContinuationRequest;
import dev.nescio.language.Generation;
import dev.nescio.language.Generation.Sequence;
import dev.nescio.language.Generation.Token;
import dev.nescio.language.GenerationRequest;
import dev.nescio.language.openai.OpenAiModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** The default model asked over HTTP says what it says when asked directly; skipped by name where it cannot be had. */
class RealModelServeTest {

  private static final List<String> COUNTRIES = List.of("Peru", "France", "Japan");

  @Test
  void answersAndScoresOverHttpAreThoseOfTheModel() throws IOException {
    try (Serving serving = new Serving(RealModel.directory(), Map.of(), ServeConfig.onPort(0), Optional.empty());
        OpenAiModel remote = serving.client(Map.of())) {
      List<GenerationRequest> requests = new ArrayList<>();
      List<ContinuationRequest> pairs = new ArrayList<>();
      for (String country : COUNTRIES) {
        String prompt =
            Prompts.render(Ask.zeroShot("What is the capital of " + country + "?", 8, Optional.empty()));
        requests.add(GenerationRequest.greedy(prompt, 8).withStop(Answerer.STOP).withAlternatives(2));
        pairs.add(new ContinuationRequest(prompt, " The capital of " + country, Optional.empty()));
      }
      requests.add(
          requests.getFirst().withStop(List.of()).withChat(List.of(ChatMessage.user("Name a colour. <|im_end|>"))));

      List<Generation> there = remote.generate(requests);
      List<Generation> here = serving.model.generate(requests);
      for (int i = 0; i < requests.size(); i++) {
        assertThat(there.get(i).promptTokens()).isEqualTo(here.get(i).promptTokens());
        assertAlike(there.get(i).first(), here.get(i).first());
      }
      List<Sequence> scoredThere = remote.score(pairs);
      List<Sequence> scoredHere = serving.model.score(pairs);
      for (int i = 0; i < pairs.size(); i++) assertAlike(scoredThere.get(i), scoredHere.get(i));
    }
  }

  @Test
  void aStreamIsHeardTokenByTokenAndEndsWithItsListener() throws IOException {
    try (Serving serving = new Serving(RealModel.directory(), Map.of(), ServeConfig.onPort(0), Optional.empty());
        OpenAiModel remote = serving.client(Map.of())) {
      GenerationRequest story =
          GenerationRequest.greedy("", 40).withStop(List.of())
              .withChat(List.of(ChatMessage.user("Tell me a story about a fox.")));
      List<Long> times = new ArrayList<>();
      List<Token> heard = new ArrayList<>();
      Generation whole = remote.generate(List.of(story), (request, sample, token) -> {
        heard.add(token);
        times.add(System.nanoTime());
      }).getFirst();
      assertThat(heard).hasSize(40).isEqualTo(whole.first().tokens());
      assertThat(heard).extracting(Token::id)
          .isEqualTo(serving.model.generate(List.of(story)).getFirst().first().tokens().stream().map(Token::id).toList());
      assertThat(times.getLast() - times.getFirst()).as("told while they were made").isGreaterThan(10_000_000);

      heard.clear();
      GenerationRequest longer =
          GenerationRequest.greedy("", 1500).withStop(List.of()).withChat(story.chat());
      assertThatThrownBy(() -> remote.generate(List.of(longer), (request, sample, token) -> {
        heard.add(token);
        if (heard.size() == 5) throw new CancellationException("heard enough");
      })).isInstanceOf(CancellationException.class);
      assertThat(heard).hasSize(5);
      await().atMost(Duration.ofMinutes(1)).until(
          () -> serving.get("/prometheus").body().contains("serve_requests_total{outcome=\"cancelled\"} 1.0"));
    }
  }

  /** Batches differ, so the last bits do. */
  private static void assertAlike(Sequence there, Sequence here) {
    assertThat(there.text()).isEqualTo(here.text());
    assertThat(there.tokens()).extracting(Token::id).isEqualTo(here.tokens().stream().map(Token::id).toList());
    for (int i = 0; i < here.tokens().size(); i++) {
      assertThat(there.tokens().get(i).logProb()).isCloseTo(here.tokens().get(i).logProb(), within(1e-3));
    }
    assertThat(there.pIdk().orElseThrow()).isCloseTo(here.pIdk().orElseThrow(), within(1e-4));
  }
}
