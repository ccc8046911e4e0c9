package dev.nescio.loadtests.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.nescio.bytemodel.ByteModel;
import dev.nescio.confidence.Estimators;
import dev.nescio.inference.serve.Catalogue;
import dev.nescio.inference.serve.ServeConfig;
import dev.nescio.inference.serve.ServeServer;
import dev.nescio.inference.serve.Tokens;
import dev.nescio.model.LocalLanguageModels;
import dev.nescio.model.local.LocalLanguageModel;
import dev.nescio.model.local.LocalModelConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckServerTest {

  @TempDir private Path directory;

  @Test
  void aNescioGivesWhatIsPromisedOfIt() throws Exception {
    Path tiny = ByteModel.twoLayers().withChat().write(directory.resolve("tiny"));
    Path report = directory.resolve("report.json");
    try (LocalLanguageModel model = LocalLanguageModels.open(LocalModelConfig.of(tiny).withName("tiny"));
        Catalogue catalogue = Catalogue.load(model, "tiny", Map.of(), Instant.EPOCH);
        ServeServer server =
            ServeServer.start(
                ServeConfig.onPort(0), catalogue, Tokens.of(model.tokenizer()), Estimators.all(),
                "sequence-probability", Optional.empty(), InstantSource.system())) {
      String name = "openai:" + server.url() + "#tiny";
      StringWriter out = new StringWriter();
      int code = run(out, "--model", name, "--beside", tiny.toString(), "--idk", "--prompts", "2", "--at-most", "0.001",
          "--output", report.toString());
      assertThat(code).as(out.toString()).isZero();
      assertThat(outcomes(report)).hasSizeGreaterThan(15)
          .containsEntry("log-probabilities", "GIVEN").containsEntry("scores", "GIVEN")
          .containsEntry("unknown adapter", "GIVEN").containsEntry("adapter", "SKIPPED");

      code = run(out, "--model", name, "--server", "kind=transformers", "--server", "context.tokens=256",
          "--only", "greedy answers,log-probabilities,samples,stream,scores", "--output", report.toString());
      assertThat(code).as(out.toString()).isZero();
      Map<String, String> poor = outcomes(report);
      assertThat(poor.remove("greedy answers")).isEqualTo("GIVEN");
      assertThat(poor).hasSize(4).allSatisfy((check, outcome) -> assertThat(outcome).as(check).isEqualTo("DENIED"));
    }
  }

  @Test
  void wrongUsageIsToldBeforeAnythingIsAsked() {
    StringWriter out = new StringWriter();
    assertThat(run(out, "--model", "tiny")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(run(out, "--model", "openai:http://127.0.0.1:1/v1", "--only", "nonsense"))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(out.toString()).contains("openai:", "no check is called \"nonsense\"");
    String[] gone = {"--model", "openai:http://127.0.0.1:1/v1", "--server", "retries=0"};
    assertThat(run(out, gone)).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(out.toString()).contains("refused the connection");
  }

  private static Map<String, String> outcomes(Path report) throws IOException {
    Map<String, String> outcomes = new HashMap<>();
    for (JsonNode finding : new ObjectMapper().readTree(report.toFile()).path("findings")) {
      outcomes.put(finding.path("check").asText(), finding.path("outcome").asText());
    }
    return outcomes;
  }

  private static int run(StringWriter out, String... arguments) {
    PrintWriter writer = new PrintWriter(out, true);
    return new CommandLine(new CheckServer()).setOut(writer).setErr(writer).execute(arguments);
  }
}
