package dev.nescio.standalone;

import dev.nescio.inference.AskClient;
import dev.nescio.inference.NoAnswerException;
import dev.nescio.schemas.Answer;
import dev.nescio.schemas.Decision;
import dev.nescio.schemas.Question;
import dev.nescio.schemas.QuestionOptions;
import dev.nescio.schemas.registry.RegistryConfig;
import dev.nescio.schemas.topics.Clients;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One question to the running system. */
@Command(
    name = "ask",
    mixinStandardHelpOptions = true,
    description = "Publishes a question to the running system and prints the answer, its confidence, the decision and why.")
final class AskCommand implements Callable<Integer> {

  @Mixin private StateOptions options;

  @Parameters(paramLabel = "QUESTION", description = "For example: \"What is the capital of Peru?\"")
  private String text;

  @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "60", description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--tenant", defaultValue = "default", description = "Who asks (default: ${DEFAULT-VALUE}).")
  private String tenant;

  @Option(names = "--domain", defaultValue = "default", description = "Subject area (default: ${DEFAULT-VALUE}).")
  private String domain;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (text.isBlank()) throw new UserError("the question is empty");
    StateDirectory.Addresses addresses = Addressing.running(options);
    Question question =
        Question.newBuilder()
            .setText(text)
            .setTenant(tenant)
            .setDomain(domain)
            .setAskId("ask-" + UUID.randomUUID())
            .setAskedAt(Instant.now())
            .setOptions(new QuestionOptions("champion", 32, 0L))
            .build();
    try (AskClient client =
        new AskClient(
            Clients.at(addresses.bootstrapServers()), Map.of(RegistryConfig.URL, addresses.registryUrl()))) {
      print(client.ask(question, Duration.ofSeconds(timeoutSeconds)));
      return 0;
    } catch (NoAnswerException e) {
      throw new UserError(e.getMessage(), e);
    } catch (KafkaException e) {
      throw new UserError(
          "the broker at " + addresses.bootstrapServers() + " does not answer: " + e.getMessage()
              + "; look with: nescio doctor", e);
    }
  }

  private void print(Answer answer) {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Answer      " + (answer.getCandidate().isEmpty() ? "(none)" : answer.getCandidate()));
    out.println("Confidence  " + (answer.getConfidence() == null
        ? "none (" + answer.getConfidenceReason() + ")"
        : String.format(Locale.ROOT, "%.3f", answer.getConfidence())));
    out.println("Decision    " + (answer.getDecision() == Decision.IDK ? "<IDK>" : answer.getDecision()));
    out.println("Why         " + answer.getReason());
    out.println("p_idk       " + (answer.getPIdk() == null ? "none" : String.format(Locale.ROOT, "%.4f", answer.getPIdk())));
    out.printf(Locale.ROOT, "Model       %s, policy %s, %d ms%n", answer.getModelVersion(), answer.getPolicyVersion(),
        answer.getLatencyMicros() / 1000);
  }
}
