package dev.nescio.standalone;

import dev.nescio.schemas.topics.Clients;
import dev.nescio.schemas.topics.TopicPlan;
import dev.nescio.schemas.topics.TopicPlanException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The topics of a broker. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "Creates and configures the topics.",
    subcommands = TopicsCommand.Apply.class)
final class TopicsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "say what to do: nescio topics apply");
  }

  @Command(
      name = "apply",
      mixinStandardHelpOptions = true,
      description = "Brings a broker's topics to what nescio needs; applying it twice changes nothing the second time.")
  static final class Apply implements Callable<Integer> {

    @Mixin private StateOptions options;

    @Option(
        names = "--bootstrap-servers",
        paramLabel = "HOST:PORT",
        description = "The broker (default: that of the running system).")
    private String bootstrapServers;

    @Option(names = "--partitions", defaultValue = "4", description = "Of topics that are not there yet (default: ${DEFAULT-VALUE}).")
    private int partitions;

    @Option(names = "--replication-factor", defaultValue = "1", description = "Of topics that are not there yet (default: ${DEFAULT-VALUE}).")
    private short replicationFactor;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      String servers = bootstrapServers == null ? Addressing.running(options).bootstrapServers() : bootstrapServers;
      try (Admin admin = Admin.create(Clients.at(servers).admin())) {
        TopicPlan plan = TopicPlan.apply(admin, partitions, replicationFactor);
        PrintWriter out = spec.commandLine().getOut();
        out.println("created   " + plan.created());
        out.println("altered   " + plan.altered());
        out.println("unchanged " + plan.unchanged().size() + " topics; keyed input topics have " + plan.partitions()
            + " partitions");
        return 0;
      } catch (TopicPlanException | IllegalArgumentException e) {
        throw new UserError(e.getMessage(), e);
      }
    }
  }
}
