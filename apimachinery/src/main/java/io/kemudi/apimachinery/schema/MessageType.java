package io.kemudi.apimachinery.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One message of the Kubernetes API: its fields in the order of JSON and of the wire. Immutable,
/// one instance per name, safe on any thread.
public final class MessageType {
  /// Wire numbers up to this are looked up in an array, beyond it by search; 44 is the largest
  /// today.
  private static final int DENSE_NUMBERS = 127;

  private final String name;
  private final boolean typeMeta;
  private final boolean atomic;
  private final SpecialForm form;
  private final FieldType[] fields;
  private final FieldType[] byNumberAscending;
  private final byte[] slotByNumber;
  private volatile @Nullable Map<String, FieldType> byJsonName;

  MessageType(String name, SchemaFile.MessageLines lines) {
    this.name = name;
    this.typeMeta = lines.flags().contains("typemeta");
    this.atomic = lines.flags().contains("map=atomic");
    this.form = SpecialForm.of(name);
    this.fields = lines.fields().stream().map(FieldType::new).toArray(FieldType[]::new);
    this.byNumberAscending = fields.clone();
    Arrays.sort(byNumberAscending, Comparator.comparingInt(field -> field.number));
    int last = fields.length == 0 ? 0 : byNumberAscending[fields.length - 1].number;
    if (last > DENSE_NUMBERS || fields.length > Byte.MAX_VALUE) {
      throw new IllegalStateException(name + " outgrows the codec's tables: field " + last);
    }
    this.slotByNumber = new byte[last + 1];
    Arrays.fill(slotByNumber, (byte) -1);
    for (int slot = 0; slot < fields.length; slot++) {
      slotByNumber[fields[slot].number] = (byte) slot;
    }
  }

  /// `core.v1.Pod`.
  public String name() {
    return name;
  }

  /// `Pod`.
  public String simpleName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /// JSON may show `kind` and `apiVersion`, which the wire does not carry.
  public boolean hasTypeMeta() {
    return typeMeta;
  }

  /// Server-side apply owns a value of this type as a whole.
  public boolean isAtomic() {
    return atomic;
  }

  public SpecialForm form() {
    return form;
  }

  /// The declared fields in JSON order; an inline field stands where its own fields show. The index
  /// of a field in this list is its slot.
  public List<FieldType> fields() {
    return List.of(fields);
  }

  public int fieldCount() {
    return fields.length;
  }

  public FieldType field(int slot) {
    return fields[slot];
  }

  /// The declared field with the `index`th smallest wire number.
  public FieldType fieldByWireOrder(int index) {
    return byNumberAscending[index];
  }

  /// The slot of a wire number, or -1.
  public int slot(int number) {
    return number < slotByNumber.length && number >= 0 ? slotByNumber[number] : -1;
  }

  /// The field that JSON shows under a name, inlined ones included; null when there is none. `kind`
  /// and `apiVersion` of an object are not fields.
  public @Nullable FieldType byJsonName(String jsonName) {
    Map<String, FieldType> names = byJsonName;
    if (names == null) {
      names = new HashMap<>();
      for (FieldType field : jsonFields()) {
        names.put(field.jsonName, field);
      }
      byJsonName = names;
    }
    return names.get(jsonName);
  }

  /// Whether fields of any name are kept, as JSON.
  public boolean hasContent() {
    for (FieldType field : fields) {
      if (field.isContent()) {
        return true;
      }
    }
    return false;
  }

  /// The fields as JSON shows them: inline messages replaced by their fields.
  public List<FieldType> jsonFields() {
    var shown = new ArrayList<FieldType>(fields.length);
    for (FieldType field : fields) {
      if (field.inline && field.isMessage()) {
        shown.addAll(field.message().jsonFields());
      } else if (!field.isContent()) {
        shown.add(field);
      }
    }
    return shown;
  }

  @Override
  public String toString() {
    return name;
  }
}
