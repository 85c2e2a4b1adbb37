package io.sub30.cli;

import io.sub30.config.ConfigException;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sub30}: the command above all others. */
@Command(
    name = "sub30",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineInterface.Version.class,
    description = "A multi-tenant AI trading backend for MetaTrader 5 that answers in under 30 ms.",
    subcommands = {
      RunCommand.class,
      DemoCommand.class,
      ReplayCommand.class,
      TokenCommand.class,
      TrainCommand.class,
      PlanCommand.class,
      EraseCommand.class
    },
    footer = {"", "Exit codes: 0 good, 1 failed, 2 bad usage or configuration."})
public final class CommandLineInterface implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs one command; what comes back is the process's exit code. */
  public static int execute(String... args) {
    return new CommandLine(new CommandLineInterface())
        .setExecutionExceptionHandler(CommandLineInterface::explain)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }

  /** Without a command there is nothing to do but to say what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return CommandLine.ExitCode.USAGE;
  }

  private static int explain(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    if (failure instanceof ConfigException) {
      command.getErr().println("sub30: " + failure.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    command.getErr().println("sub30: " + command.getCommandName() + " failed: " + failure);
    LoggerFactory.getLogger(CommandLineInterface.class)
        .error("{} failed", command.getCommandName(), failure);
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** From the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = CommandLineInterface.class.getPackage().getImplementationVersion();
      return new String[] {"sub30 " + (version == null ? "development" : version)};
    }
  }
}
