package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.selector.FieldSelector;
import io.kemudi.apimachinery.selector.LabelSelector;
import io.kemudi.apimachinery.selector.SelectorException;
import io.kemudi.apiserver.storage.ObjectBytes;
import io.kemudi.apiserver.storage.Selection;
import io.kemudi.apiserver.storage.WireField;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// From the selectors of a request to a [Selection]: what can be found by key or index is taken
/// out, the rest becomes a filter on the bytes of objects.
final class Selections {
  private static final String NAME = "metadata.name";
  private static final String NAMESPACE = "metadata.namespace";

  /// Field labels that are not the path of the field they select by.
  private static final Map<String, String> PATHS = Map.of("source", "source.component");

  /// Labels that upstream accepts and compares with nothing: its pods have no such selectable
  /// field.
  private static final Set<String> NEVER_SET = Set.of("status.podIPs");

  /// events.k8s.io's labels -> core's, in which events are stored.
  private static final Map<String, String> EVENT_LABELS =
      Map.of("reportingController", "reportingComponent");

  /// Resources that word an unknown label their own way.
  private static final Set<String> OWN_WORDS = Set.of("jobs", "resourceslices");

  private Selections() {}

  static Selection of(
      ResourceEntry entry,
      Target target,
      String labels,
      String fields,
      @Nullable String indexedField) {
    LabelSelector labelSelector;
    FieldSelector fieldSelector;
    try {
      labelSelector = LabelSelector.parse(labels);
      fieldSelector = FieldSelector.parse(fields);
    } catch (SelectorException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
    checkFields(entry, fieldSelector);
    String namespace = target.namespace();
    String name = target.name();
    String indexed = null;
    List<FieldSelector.Term> rest = new ArrayList<>();
    boolean nothing = false;
    for (FieldSelector.Term term : fieldSelector.terms()) {
      if (!term.equal()) {
        rest.add(term);
      } else if (term.field().equals(NAME)) {
        nothing |= !name.isEmpty() && !name.equals(term.value());
        name = term.value();
      } else if (term.field().equals(NAMESPACE) && entry.row().namespaced()) {
        nothing |= !namespace.isEmpty() && !namespace.equals(term.value());
        namespace = term.value();
      } else if (term.field().equals(indexedField) && indexed == null) {
        indexed = term.value();
      } else {
        rest.add(term);
      }
    }
    Predicate<StoredObject> filter =
        nothing ? object -> false : filter(entry, labelSelector, FieldSelector.of(rest));
    boolean bySelector = !labelSelector.selectsEverything() || !fieldSelector.terms().isEmpty();
    return new Selection(namespace, name, indexed, filter, bySelector);
  }

  private static void checkFields(ResourceEntry entry, FieldSelector selector) {
    for (FieldSelector.Term term : selector.terms()) {
      if (!selectable(entry).contains(term.field())) {
        throw ApiException.badRequest(unknownField(entry, term.field()));
      }
    }
  }

  private static List<String> selectable(ResourceEntry entry) {
    Kind kind = entry.kind();
    List<String> hub = kind == null ? List.of(NAME, NAMESPACE) : kind.selectableFields();
    return entry.conversion() instanceof EventConversion ? renamedForEvents(hub) : hub;
  }

  private static List<String> renamedForEvents(List<String> core) {
    List<String> ours = new ArrayList<>();
    for (String label : core) {
      if (label.equals("reportingComponent")) {
        ours.add("reportingController");
      } else if (!label.equals("source")) {
        ours.add(label.replace("involvedObject.", "regarding."));
      }
    }
    return ours;
  }

  private static String unknownField(ResourceEntry entry, String field) {
    if (selectable(entry).equals(List.of(NAME, NAMESPACE))) {
      return "\""
          + field
          + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
    }
    String resource = entry.row().resource();
    if (!OWN_WORDS.contains(resource)) {
      return "field label not supported: " + field;
    }
    return resource.equals("jobs")
        ? "field label \"" + field + "\" not supported for Job"
        : "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: " + field;
  }

  private static @Nullable Predicate<StoredObject> filter(
      ResourceEntry entry, LabelSelector labels, FieldSelector fields) {
    Predicate<StoredObject> byFields = fields.selectsEverything() ? null : byFields(entry, fields);
    if (labels.selectsEverything()) {
      return byFields;
    }
    Predicate<StoredObject> byLabels = o -> labels.matches(ObjectBytes.labels(o.bytes()));
    return byFields == null ? byLabels : byLabels.and(byFields);
  }

  private static Predicate<StoredObject> byFields(ResourceEntry entry, FieldSelector fields) {
    if (entry.row().custom() != null) {
      return object -> fields.matches(field -> customField(object, field));
    }
    Map<String, WireField> readers = new HashMap<>();
    for (FieldSelector.Term term : fields.terms()) {
      WireField reader = reader(entry.hubType(), hubLabel(entry, term.field()));
      if (reader != null) {
        readers.put(term.field(), reader);
      }
    }
    return object ->
        fields.matches(field ->
            switch (field) {
              case NAME -> object.name();
              case NAMESPACE -> object.namespace();
              default -> {
                WireField reader = readers.get(field);
                yield reader == null ? "" : reader.read(object.bytes());
              }
            });
  }

  private static String customField(StoredObject object, String field) {
    return switch (field) {
      case NAME -> object.name();
      case NAMESPACE -> object.namespace();
      default -> CustomKind.text(ObjectBytes.content(object.bytes()), field);
    };
  }

  private static String hubLabel(ResourceEntry entry, String label) {
    return entry.conversion() instanceof EventConversion
        ? EVENT_LABELS.getOrDefault(label, label).replace("regarding.", "involvedObject.")
        : label;
  }

  static @Nullable WireField reader(MessageType type, String label) {
    return NEVER_SET.contains(label)
        ? null
        : WireField.compile(type, PATHS.getOrDefault(label, label));
  }
}
