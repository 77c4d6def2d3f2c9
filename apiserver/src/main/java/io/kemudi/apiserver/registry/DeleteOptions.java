package io.kemudi.apiserver.registry;

import org.jspecify.annotations.Nullable;

/// How to delete. Nulls leave the choice to the kind; `orphanDependents` is the old spelling of
/// `propagationPolicy` (`Orphan`, `Background`, `Foreground`) and must not stand beside it.
public record DeleteOptions(
    @Nullable Long gracePeriodSeconds,
    @Nullable String propagationPolicy,
    @Nullable Boolean orphanDependents,
    @Nullable String uid,
    @Nullable String resourceVersion,
    boolean dryRun) {
  public static final DeleteOptions NONE = new DeleteOptions(null, null, null, null, null, false);

  public static DeleteOptions grace(long seconds) {
    return new DeleteOptions(seconds, null, null, null, null, false);
  }

  /// As a dry run, or as said.
  public DeleteOptions rehearsed(boolean wanted) {
    return new DeleteOptions(
        gracePeriodSeconds,
        propagationPolicy,
        orphanDependents,
        uid,
        resourceVersion,
        dryRun || wanted);
  }

  /// With the revision that the object must have; null for any.
  DeleteOptions at(@Nullable String revision) {
    return new DeleteOptions(
        gracePeriodSeconds, propagationPolicy, orphanDependents, uid, revision, dryRun);
  }
}
