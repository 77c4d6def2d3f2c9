package io.kemudi.simulation.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Replays recordings, one scenario after the other, against one server.
final class Runner {
  private static final int PROGRESS_EVERY = 100;

  private final Target target;
  private final Webhooks webhooks;
  private final ScenarioRules rules;
  private final WantedDifferences wanted;
  private final Predicate<String> chosen;
  private final Consumer<String> progress;

  /// @param chosen which scenarios, by name
  Runner(Target target, Webhooks webhooks, Predicate<String> chosen, Consumer<String> progress)
      throws IOException {
    this.target = target;
    this.webhooks = webhooks;
    this.chosen = chosen;
    this.progress = progress;
    rules = ScenarioRules.reviewed();
    wanted = WantedDifferences.reviewed();
  }

  /// Makes the set-up, replays, and removes from a foreign server what was made.
  ///
  /// @throws IOException when the set-up cannot be made or the server is gone
  List<FileScore> run(List<Recording> recordings) throws IOException, InterruptedException {
    var setUp = new SetUp(target);
    var scores = new ArrayList<FileScore>();
    try {
      setUp.begin();
      for (Recording recording : recordings) {
        progress.accept(recording.name() + ": " + recording.scenarios().size() + " scenarios");
        scores.add(run(recording, setUp));
      }
    } finally {
      setUp.undo();
    }
    return scores;
  }

  private FileScore run(Recording recording, SetUp setUp) throws IOException, InterruptedException {
    long begin = System.nanoTime();
    var outcomes = new ArrayList<Outcome>();
    var skipped = new ArrayList<Skipped>();
    var kept = new ArrayList<Replay>();
    Optional<String> group = Optional.empty();
    int done = 0;
    for (Scenario scenario : recording.scenarios()) {
      if (!chosen.test(scenario.name())) {
        continue;
      }
      Optional<String> skip = rules.skip(scenario);
      if (skip.isPresent()) {
        skipped.add(new Skipped(scenario.name(), skip.get()));
        continue;
      }
      Optional<String> next = rules.keep(scenario);
      if (!next.equals(group)) {
        cleanUp(kept);
        group = next;
      }
      setUp.before(scenario);
      var replay = new Replay(target, webhooks, scenario, wanted);
      replay.run();
      outcomes.addAll(replay.outcomes());
      skipped.addAll(replay.skipped());
      kept.add(replay);
      if (group.isEmpty()) {
        cleanUp(kept);
      }
      if (++done % PROGRESS_EVERY == 0) {
        progress.accept(recording.name() + ": " + done + " scenarios");
      }
    }
    cleanUp(kept);
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new FileScore(recording.name(), done, outcomes, skipped, seconds);
  }

  private static void cleanUp(List<Replay> kept) throws IOException, InterruptedException {
    for (Replay replay : kept.reversed()) {
      replay.cleanUp();
    }
    kept.clear();
  }
}
