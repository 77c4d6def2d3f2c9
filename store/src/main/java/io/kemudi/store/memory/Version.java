package io.kemudi.store.memory;

import io.kemudi.store.KeyValue;
import org.jspecify.annotations.Nullable;

/// What a key was from `revision` on: a pair, or nothing when it was deleted. Readers walk the
/// chain without a lock; only compaction changes it, by cutting its tail.
final class Version {
  private final @Nullable KeyValue pair;
  private final long revision;
  private volatile @Nullable Version older;

  Version(@Nullable KeyValue pair, long revision, @Nullable Version older) {
    this.pair = pair;
    this.revision = revision;
    this.older = older;
  }

  @Nullable KeyValue pair() {
    return pair;
  }

  /// What the key whose newest version this is was at `revision`.
  static @Nullable KeyValue at(Version newest, long revision) {
    for (Version version = newest; version != null; version = version.older) {
      if (version.revision <= revision) {
        return version.pair;
      }
    }
    return null;
  }

  /// Drops what was replaced at or before `revision`. True when nothing is left of the key.
  boolean cut(long revision) {
    Version version = this;
    while (version.revision > revision) {
      Version next = version.older;
      if (next == null) {
        return false;
      }
      version = next;
    }
    version.older = null;
    return version == this && pair == null;
  }
}
