package io.kemudi.apiserver.registry;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One event of a watch. The same instance goes to every watcher that sees the event alike, so that
/// what is encoded from it once ([#shared]) serves all.
public final class ObjectEvent {
  /// `INITIAL_EVENTS_END` is a bookmark with the annotation that says so.
  public enum Type {
    ADDED,
    MODIFIED,
    DELETED,
    BOOKMARK,
    INITIAL_EVENTS_END
  }

  /// How many encodings an event can hold: the fronts number theirs.
  public static final int SLOTS = 4;

  private final Type type;
  private final @Nullable StoredObject object;
  private final long revision;
  private volatile @Nullable Object @Nullable [] encodings;

  public ObjectEvent(Type type, @Nullable StoredObject object, long revision) {
    this.type = type;
    this.object = object;
    this.revision = revision;
  }

  public static ObjectEvent of(Type type, StoredObject object) {
    return new ObjectEvent(type, object, object.revision());
  }

  public static ObjectEvent bookmark(long revision) {
    return new ObjectEvent(Type.BOOKMARK, null, revision);
  }

  public Type type() {
    return type;
  }

  public boolean isBookmark() {
    return object == null;
  }

  /// The object; for `DELETED` the last content that the watcher could see, stamped with the
  /// event's revision.
  ///
  /// @throws IllegalStateException for bookmarks, which have none
  public StoredObject object() {
    if (object == null) {
      throw new IllegalStateException(type + " carries no object");
    }
    return object;
  }

  public long revision() {
    return revision;
  }

  /// What `encode` makes of this event, kept under `slot` for the next who asks. May run `encode`
  /// twice when two threads ask at once; `slot` is below [#SLOTS], and who shares a slot shares the
  /// type.
  @SuppressWarnings("unchecked")
  public <T> T shared(int slot, Function<ObjectEvent, T> encode) {
    Object[] known = encodings;
    if (known != null && known[slot] != null) {
      return (T) known[slot];
    }
    T made = encode.apply(this);
    synchronized (this) {
      @Nullable Object[] next = known == null ? new Object[SLOTS] : known.clone();
      next[slot] = made;
      encodings = next;
    }
    return made;
  }

  @Override
  public String toString() {
    return type + " " + revision + (object == null ? "" : " " + object.name());
  }
}
