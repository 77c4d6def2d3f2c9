package io.kemudi.apimachinery.validation;

import org.jspecify.annotations.Nullable;

/// A place in an object, written as upstream writes it: `spec.containers[0].ports[1].name`,
/// `metadata.labels[app]`. Immutable, and rendered only when an error needs it, since nearly every
/// path that validation builds is thrown away.
public final class FieldPath {
  private final @Nullable FieldPath parent;
  private final String step;
  private final int index;

  private FieldPath(@Nullable FieldPath parent, String step, int index) {
    this.parent = parent;
    this.step = step;
    this.index = index;
  }

  public static FieldPath of(String first, String... more) {
    FieldPath path = new FieldPath(null, first, FIELD);
    for (String name : more) {
      path = path.child(name);
    }
    return path;
  }

  private static final int FIELD = -1;
  private static final int KEY = -2;

  public FieldPath child(String name) {
    return new FieldPath(this, name, FIELD);
  }

  public FieldPath child(String first, String second) {
    return child(first).child(second);
  }

  /// An element of a list.
  public FieldPath index(int at) {
    return new FieldPath(this, "", at);
  }

  /// An entry of a map.
  public FieldPath key(String key) {
    return new FieldPath(this, key, KEY);
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }

  private void write(StringBuilder out) {
    if (parent != null) {
      parent.write(out);
    }
    if (index == FIELD) {
      if (parent != null) {
        out.append('.');
      }
      out.append(step);
    } else if (index == KEY) {
      out.append('[').append(step).append(']');
    } else {
      out.append('[').append(index).append(']');
    }
  }
}
