package io.kemudi.client.api;

import org.jspecify.annotations.Nullable;

/// How to delete: with which grace (null: the object's own), what to do with dependents, and only
/// if the object still has this uid and this revision (null: whatever it has).
public record DeleteOptions(
    @Nullable Long gracePeriodSeconds,
    @Nullable Propagation propagation,
    @Nullable String uid,
    @Nullable String resourceVersion) {
  public static final DeleteOptions NONE = new DeleteOptions(null, null, null, null);

  /// What happens to the objects that name the deleted one as their owner.
  public enum Propagation {
    ORPHAN("Orphan"),
    BACKGROUND("Background"),
    FOREGROUND("Foreground");

    private final String text;

    Propagation(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  public DeleteOptions grace(long seconds) {
    return new DeleteOptions(seconds, propagation, uid, resourceVersion);
  }

  public DeleteOptions propagation(Propagation propagation) {
    return new DeleteOptions(gracePeriodSeconds, propagation, uid, resourceVersion);
  }

  public DeleteOptions onlyUid(String uid) {
    return new DeleteOptions(gracePeriodSeconds, propagation, uid, resourceVersion);
  }

  public DeleteOptions onlyRevision(String resourceVersion) {
    return new DeleteOptions(gracePeriodSeconds, propagation, uid, resourceVersion);
  }
}
