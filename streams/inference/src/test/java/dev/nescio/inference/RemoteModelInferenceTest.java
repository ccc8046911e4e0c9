package dev.nescio.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.nescio.bytemodel.ByteModel;
import dev.nescio.confidence.Estimators;
import dev.nescio.inference.serve.ServeConfig;
import dev.nescio.inference.serve.Serving;
import dev.nescio.language.openai.OpenAiModel;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Evidence;
import dev.nescio.schemas.RemoteToken;
import dev.nescio.schemas.ScoreKind;
import dev.nescio.schemas.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers by a model on a server that tells no more than OpenAI's interface has room for. */
class RemoteModelInferenceTest {

  @TempDir private Path directory;

  @Test
  void whatTheServerDoesNotTellStaysEmptyAndItsEstimatorsAbstain() throws Exception {
    Path base = ByteModel.twoLayers().withChat().write(directory.resolve("base"));
    try (Platform platform = Platform.start(directory.resolve("platform"));
        Serving serving = new Serving(base, Map.of(), ServeConfig.onPort(0), Optional.empty());
        OpenAiModel remote = serving.client(Map.of("kind", "generic"))) {
      for (String word : List.of("one", "two", "three")) {
        platform.ask(word, Records.question("What is " + word + "?", word));
      }
      platform.ask("long", Records.question("long ".repeat(60), "long"));
      InferenceConfig config = platform.config(Map.of());
      try (InferenceApp app = new InferenceApp(config, remote, Estimators.all(), InstantSource.system())) {
        app.start();
        await().atMost(Duration.ofMinutes(3)).until(() -> platform.answers().size() >= 4);
        // The marks of a commit reach each partition by themselves; only answers that were made have evidence.
        await().atMost(Duration.ofMinutes(1)).until(() -> platform.read(Topics.EVIDENCE).size() >= 3);
      }
      List<Answer> answers = platform.answers();
      assertThat(answers).filteredOn(a -> a.getAskId().equals("long")).singleElement().satisfies(a -> {
        assertThat(a.getDecision()).as(a.getReason()).isEqualTo(Decision.ERROR);
        assertThat(a.getReason()).startsWith("prompt too long");
      });
      assertThat(answers).filteredOn(Predicate.not(a -> a.getAskId().equals("long"))).hasSize(3).allSatisfy(a -> {
        assertThat(a.getDecision()).as(a.getReason()).isEqualTo(Decision.ANSWER);
        assertThat(a.getModelDigest()).isEqualTo(remote.identity().digest()).matches("[0-9a-f]{64}");
        assertThat(a.getPIdk()).isNull();
        assertThat(a.getConfidence()).isNull();
        if (a.getCandidate().isEmpty()) return;
        assertThat(a.getScores().get("sequence-probability").getKind()).isNotEqualTo(ScoreKind.ABSTAINED);
        assertThat(a.getScores().get("mean-token-entropy").getKind()).isEqualTo(ScoreKind.ABSTAINED);
        assertThat(a.getScores().get("mean-token-entropy").getReason()).contains("entropies");
      });
      List<Evidence> evidence = platform.read(Topics.EVIDENCE);
      assertThat(evidence).allMatch(e -> e.getTokens().isEmpty());
      List<RemoteToken> tokens = evidence.stream().map(Evidence::getRemoteTokens).flatMap(List::stream).toList();
      assertThat(tokens).isNotEmpty().allSatisfy(token -> {
        if (token.getMargin() != null) assertThat(token.getMargin()).isNotNegative();
        assertThat(token.getLogProb()).isNotPositive();
      });
    }
  }
}
