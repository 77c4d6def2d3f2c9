package io.kemudi.http;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Header fields in their order; names compare without case. Not thread safe: one request or one
/// response owns it.
public final class Headers {
  // name, value, name, value ...: a request has about ten, so a scan beats a hash
  private final List<String> fields = new ArrayList<>(16);

  public static Headers of(String... namesAndValues) {
    Headers headers = new Headers();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  public Headers add(String name, String value) {
    fields.add(name);
    fields.add(value);
    return this;
  }

  /// Puts the value in place of all that the name had.
  public Headers set(String name, String value) {
    return remove(name).add(name, value);
  }

  public Headers remove(String name) {
    for (int i = fields.size() - 2; i >= 0; i -= 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        fields.remove(i + 1);
        fields.remove(i);
      }
    }
    return this;
  }

  public Headers addAll(Headers others) {
    fields.addAll(others.fields);
    return this;
  }

  /// The first value of the name, or null.
  public @Nullable String first(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return fields.get(i + 1);
      }
    }
    return null;
  }

  public String first(String name, String otherwise) {
    String value = first(name);
    return value == null ? otherwise : value;
  }

  public boolean has(String name) {
    return first(name) != null;
  }

  public List<String> all(String name) {
    List<String> values = new ArrayList<>(2);
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        values.add(fields.get(i + 1));
      }
    }
    return values;
  }

  /// All values of a comma-separated header, over all its lines, trimmed.
  public List<String> list(String name) {
    List<String> values = new ArrayList<>(4);
    for (String line : all(name)) {
      for (String part : line.split(",", -1)) {
        if (!part.isBlank()) {
          values.add(part.strip());
        }
      }
    }
    return values;
  }

  /// Whether a comma-separated header has the token, in any case: `Connection: keep-alive,
  /// Upgrade`.
  public boolean hasToken(String name, String token) {
    return list(name).stream().anyMatch(token::equalsIgnoreCase);
  }

  public void forEach(BiConsumer<String, String> action) {
    for (int i = 0; i < fields.size(); i += 2) {
      action.accept(fields.get(i), fields.get(i + 1));
    }
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
