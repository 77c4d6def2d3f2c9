package io.kemudi.launcher;

import io.kemudi.simulation.bench.BenchCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/// `kemudi`: every role and the all-in-one cluster. Exit codes: 0 done, 1 failed, 2 wrong usage.
@Command(
    name = "kemudi",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "A Kubernetes-compatible cluster, from one machine to many.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      ApiServerCommand.class,
      SchedulerCommand.class,
      ControllerManagerCommand.class,
      NodeAgentCommand.class,
      ProxyCommand.class,
      RuntimeCommand.class,
      TrainCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class,
    },
    footer = {
      "",
      "Examples:",
      "  kemudi up                                     a whole cluster on this machine",
      "  kemudi up -f deploy/examples/hello.yaml --detach",
      "  kemudi status",
      "  kemudi down --purge",
      "  kemudi bench api                              what the API costs here",
      "",
      "In a checkout there are also:",
      "  ./kemudi test                                 everything that can be tested here",
    })
public final class Main {
  public static final int FAILED = 1;
  public static final int WRONG_USAGE = 2;

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    var commands = new CommandLine(new Main());
    commands.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    commands.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    commands.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.AUTO));
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setParameterExceptionHandler(Main::wrongUsage);
    commands.setExecutionExceptionHandler((e, command, _) -> failed(e, command));
    if (args.length == 0) {
      commands.usage(commands.getOut());
      return WRONG_USAGE;
    }
    return commands.execute(args);
  }

  private static int wrongUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("kemudi: " + e.getMessage());
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for what there is.");
    return WRONG_USAGE;
  }

  /// What a user did wrong is one sentence; what we did wrong is one sentence and a trace in the
  /// log.
  private static int failed(Exception e, CommandLine command) {
    command.getErr().println("kemudi: " + describe(e));
    if (!(e instanceof UserError)) {
      log.debug("{} failed", command.getCommandName(), e);
    }
    return e instanceof UsageError ? WRONG_USAGE : FAILED;
  }

  static String describe(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }
}
