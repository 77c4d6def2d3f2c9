package io.kemudi.apimachinery.codec;

import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.SpecialForm;

/// Which fields JSON leaves out: Go's `omitempty` and `omitzero`, judged on wire bytes.
final class Omission {
  private Omission() {}

  /// @param first the field's first entry in the index, 0 when absent
  /// @param last its last entry
  static boolean omitted(WireIndex index, FieldType field, int first, int last) {
    if (field.omitZero && field.isMessage() && isZeroTime(index, field.message(), first)) {
      return true;
    }
    if (!field.omitEmpty) {
      return false;
    }
    return switch (field.shape) {
      case POINTER, LIST, MAP -> first == 0;
      case VALUE ->
          switch (field.kind) {
            case STRING, BYTES -> index.isEmpty(last);
            case INT32, INT64, BOOL -> index.varint(last) == 0;
            case DOUBLE -> index.fixed64(last) == 0;
            // Go never takes a struct for empty, but a list that is a message of its own it does.
            case MESSAGE ->
                field.message().form() == SpecialForm.STRING_LIST && index.isEmpty(first);
          };
    };
  }

  private static boolean isZeroTime(WireIndex index, MessageType type, int entry) {
    int mark = index.mark();
    int frame = index.open(type, entry, true);
    boolean zero = true;
    for (int slot = 0; slot < type.fieldCount(); slot++) {
      zero &= index.varint(index.last(frame, slot, type)) == 0;
    }
    index.close(frame, mark);
    return zero;
  }
}
