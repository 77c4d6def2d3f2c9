package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One single field of a message, found by its JSON path and read from the bytes as text, as field
/// selectors compare it: numbers in decimal, an absent number as 0 and an absent flag as false.
/// Compiled once; thread-safe.
public final class WireField {
  private final int[] numbers;
  private final FieldType.Kind kind;
  private final String absent;

  private WireField(int[] numbers, FieldType.Kind kind) {
    this.numbers = numbers;
    this.kind = kind;
    this.absent =
        switch (kind) {
          case BOOL -> "false";
          case INT32, INT64, DOUBLE -> "0";
          case STRING, BYTES, MESSAGE -> "";
        };
  }

  /// Null when the message has no such single field.
  public static @Nullable WireField compile(MessageType type, String path) {
    List<Integer> numbers = new ArrayList<>();
    MessageType at = type;
    String[] steps = path.split("\\.");
    for (int i = 0; i < steps.length; i++) {
      FieldType field = at.byJsonName(steps[i]);
      if (field == null || field.isList() || field.isMap()) {
        return null;
      }
      numbers.add(field.number);
      boolean last = i == steps.length - 1;
      if (last == field.isMessage()) {
        return null;
      }
      if (last) {
        return new WireField(numbers.stream().mapToInt(n -> n).toArray(), field.kind);
      }
      at = field.message();
    }
    return null;
  }

  public String read(byte[] message) {
    return read(new WireReader(message), 0);
  }

  private String read(WireReader reader, int depth) {
    String found = absent;
    while (reader.next()) {
      if (reader.field() != numbers[depth]) {
        continue;
      }
      if (depth < numbers.length - 1) {
        String inside = read(reader.message(), depth + 1);
        // The same message again merges: what it does not say stays.
        found = inside.equals(absent) ? found : inside;
      } else {
        found = value(reader);
      }
    }
    return found;
  }

  private String value(WireReader reader) {
    return switch (kind) {
      case BOOL -> reader.varint() == 0 ? "false" : "true";
      case INT32, INT64, DOUBLE -> Long.toString(reader.varint());
      case STRING, BYTES, MESSAGE -> reader.text();
    };
  }
}
