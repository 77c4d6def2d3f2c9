package io.kemudi.simulation.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `kemudi bench replay`. Progress goes to standard error, the score to standard output.
@Command(
    name = "replay",
    description = {
      "Sends recorded requests again and compares the replies with the recorded ones.",
      "Prints for each file the percent of exchanges with the same status and reason, the same"
          + " behaviour (all but the texts of messages), and the whole reply as recorded."
    },
    footer = {"", "Exit codes: 0 done, 1 below --at-least or not finished, 2 wrong usage."},
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "DIR",
      description = "A folder of *.jsonl with a scenario a line, or one with such a `behaviour`.")
  private Path folder = Path.of("");

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description =
          "Replay against the API server of this file's current context (an administrator's: other"
              + " users are impersonated, namespaces made and removed), not against one of our own.")
  private @Nullable Path kubeconfig;

  @Option(names = "--json", description = "The score as JSON.")
  private boolean json;

  @Option(
      names = "--at-least",
      paramLabel = "PERCENT",
      description = "Exit with 1 when any file's percent, of --measure, is below.")
  private double atLeast;

  @Option(
      names = "--measure",
      paramLabel = "status|behaviour|whole",
      description = "What --at-least is asked of (default: ${DEFAULT-VALUE}).",
      defaultValue = "whole")
  private Measure measure = Measure.WHOLE;

  @Option(
      names = "--differences",
      paramLabel = "FILE",
      description = "Write every difference, and what was skipped, to this file.")
  private @Nullable Path differences;

  @Option(
      names = "--scenario",
      paramLabel = "PATTERN",
      description = "Only the scenarios whose whole name this regular expression matches.",
      defaultValue = ".*")
  private Pattern scenarios = Pattern.compile(".*");

  @Override
  public Integer call() throws Exception {
    List<FileScore> scores = scores(recordings());
    System.out.print(json ? Report.json(scores) : Report.table(scores));
    if (differences != null) {
      var text = new StringBuilder();
      scores.forEach(score -> text.append(Report.differences(score)));
      Files.writeString(differences, text);
    }
    return below(scores);
  }

  /// A server of our own starts anew for each file; one that stays is set up once.
  private List<FileScore> scores(List<Recording> recordings) throws Exception {
    if (kubeconfig != null) {
      try (Target target = new ForeignServer(kubeconfig)) {
        return run(target, recordings);
      }
    }
    var scores = new ArrayList<FileScore>();
    for (Recording recording : recordings) {
      try (Target target = OwnServer.start()) {
        scores.addAll(run(target, List.of(recording)));
      }
    }
    return scores;
  }

  private List<FileScore> run(Target target, List<Recording> recordings) throws Exception {
    try (Webhooks webhooks = Webhooks.start()) {
      return new Runner(target, webhooks, scenarios.asMatchPredicate(), ReplayCommand::progress)
          .run(recordings);
    }
  }

  private List<Recording> recordings() throws IOException {
    CommandSpec known = Objects.requireNonNull(spec);
    if (!Files.isDirectory(folder)) {
      throw new ParameterException(known.commandLine(), folder + " is not a folder");
    }
    if (!(atLeast >= 0 && atLeast <= 100)) {
      throw new ParameterException(known.commandLine(), "--at-least takes 0 to 100");
    }
    return Recording.in(folder);
  }

  private int below(List<FileScore> scores) {
    int code = 0;
    for (FileScore score : scores) {
      double reached = score.percent(measure);
      if (reached < atLeast) {
        System.err.printf(
            Locale.ROOT,
            "kemudi bench replay: %s reaches %.1f %% of %s, less than %.1f %%%n",
            score.file(),
            reached,
            measure.name().toLowerCase(Locale.ROOT),
            atLeast);
        code = 1;
      }
    }
    return code;
  }

  private static void progress(String line) {
    System.err.println(line);
  }
}
