package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who of the webhooks and policies was asked about one request, and who has to be asked again
/// because somebody behind them changed the object: once, and only who wants it. Not thread-safe.
public final class Rounds {
  private final Map<String, Ledger> ledgers = new HashMap<>();
  private boolean again;
  private boolean second;

  /// Whether a second round is needed.
  boolean again() {
    return again;
  }

  void beginSecond() {
    second = true;
  }

  /// 0 or 1, as in audit annotations.
  public int number() {
    return second ? 1 : 0;
  }

  /// What one plugin remembers.
  public Ledger ledger(String plugin) {
    return ledgers.computeIfAbsent(plugin, _ -> new Ledger());
  }

  /// The members of one plugin, by names of its own.
  public final class Ledger {
    private final Set<String> asked = new HashSet<>();
    private final Set<String> due = new HashSet<>();
    private @Nullable Map<String, @Nullable Object> left;

    /// Before the first member of a round: what others changed since the last one makes all due.
    public void begin(Map<String, @Nullable Object> object) {
      if (second && left != null && !left.equals(object)) {
        makeDue();
      }
    }

    /// Whether this member has no part in this round. Who was not asked in the first is not asked
    /// in the second either.
    public boolean skips(String member) {
      return second && !due.contains(member);
    }

    /// Notes what a member did. `eager`: it wants to be asked again.
    public void asked(String member, boolean changed, boolean eager) {
      if (changed) {
        makeDue();
        again = true;
      }
      if (eager) {
        asked.add(member);
      }
    }

    /// After the last member of a round.
    public void end(Map<String, @Nullable Object> object) {
      left = Trees.copyObject(object);
    }

    private void makeDue() {
      due.addAll(asked);
      asked.clear();
    }
  }
}
