package dev.nescio.standalone;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code nescio} command. Exit codes: 0 done, 1 failed or refused, 2 wrong usage. */
@Command(
    name = "nescio",
    mixinStandardHelpOptions = true,
    version = "nescio 0.1.0",
    description = "Language models that say how sure they are, and <IDK> when they do not know.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed or refused", "2:wrong usage"},
    subcommands = {
      DemoCommand.class, UpCommand.class, AskCommand.class, DoctorCommand.class, ModelCommand.class,
      ProduceCommand.class, MetricsCommand.class, TopicsCommand.class, GenerateCommand.class, LogprobsCommand.class,
      WhatIfCommand.class, ServeCommand.class, HelpCommand.class
    })
final class Nescio implements Callable<Integer> {

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, true), new PrintWriter(System.err, true)));
  }

  /** What {@code main} does, for tests: everything but leaving the process. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new Nescio()).setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          LoggerFactory.getLogger(Nescio.class).error("the command failed", failure);
          err.println("nescio: " + Failures.explain(failure));
          return CommandLine.ExitCode.SOFTWARE;
        });
    return line.execute(arguments);
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing, for example: nescio demo");
  }
}
