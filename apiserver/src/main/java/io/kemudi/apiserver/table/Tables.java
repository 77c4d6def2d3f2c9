package io.kemudi.apiserver.table;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.kinds.Kind;
import io.kemudi.apimachinery.kinds.Kinds;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.table.HumanDuration;
import io.kemudi.apimachinery.kinds.table.TablePrinter;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.Conversion;
import io.kemudi.apiserver.registry.CustomVersion;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.StoredObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Objects as a `Table`: columns and cells for people.
public final class Tables {
  private final InstantSource clock;

  public Tables(InstantSource clock) {
    this.clock = clock;
  }

  /// How much of each object stands beside its cells.
  public enum Include {
    NONE,
    METADATA,
    OBJECT;

    public static Include of(String parameter) {
      return switch (parameter) {
        case "", "Metadata" -> METADATA;
        case "None" -> NONE;
        case "Object" -> OBJECT;
        default ->
            throw ApiException.badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: \""
                    + parameter
                    + "\": must be 'Metadata', 'Object', 'None', or empty");
      };
    }
  }

  /// The Table of the objects, as a tree; with one object its revision is the Table's. Without
  /// columns when `bare` (all but the first event of a watch).
  public Map<String, @Nullable Object> of(
      ResourceRow row, List<StoredObject> objects, Include include, String version, boolean bare) {
    Shown shown = shown(row);
    Instant now = clock.instant();
    List<@Nullable Object> rows = new ArrayList<>(objects.size());
    for (StoredObject object : objects) {
      rows.add(row(shown, object, include, version, now));
    }
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    if (objects.size() == 1) {
      metadata.put("resourceVersion", Long.toString(objects.getFirst().revision()));
    }
    Map<String, @Nullable Object> table = new LinkedHashMap<>();
    table.put("kind", "Table");
    table.put("apiVersion", "meta.k8s.io/" + version);
    table.put("metadata", metadata);
    table.put("columnDefinitions", bare ? new ArrayList<@Nullable Object>() : columns(shown));
    table.put("rows", rows);
    return table;
  }

  /// How a row's objects are shown; the printer is null where the name and the age must do: custom
  /// resources. Printers are written for the stored version of a kind, `conversion` leads there.
  private record Shown(
      @Nullable TablePrinter printer,
      @Nullable Kind kind,
      Conversion conversion,
      String storedMessage,
      @Nullable CustomColumns custom) {
    static final Shown PLAIN = new Shown(null, null, Conversion.NONE, "", null);
  }

  private static Shown shown(ResourceRow row) {
    CustomVersion custom = row.custom();
    if (custom != null) {
      return new Shown(null, null, Conversion.NONE, "", new CustomColumns(custom));
    }
    Conversion conversion = Conversion.of(row);
    ResourceInfo info = row.info();
    String group = conversion == Conversion.NONE ? row.group() : groupOf(info.storedApiVersion());
    Kind kind = Kinds.find(group, row.kind()).orElse(null);
    return kind == null
        ? Shown.PLAIN
        : new Shown(
            io.kemudi.apimachinery.kinds.table.Tables.of(group, row.kind()),
            kind,
            conversion,
            info.storedMessageType(),
            null);
  }

  private static String groupOf(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  private static Map<String, @Nullable Object> row(
      Shown shown, StoredObject object, Include include, String version, Instant now) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("cells", cells(shown, object, now));
    switch (include) {
      case NONE -> {}
      case METADATA -> {
        Map<String, @Nullable Object> partial = new LinkedHashMap<>();
        partial.put("kind", "PartialObjectMetadata");
        partial.put("apiVersion", "meta.k8s.io/" + version);
        partial.put("metadata", tree(object).get("metadata"));
        row.put("object", partial);
      }
      case OBJECT -> row.put("object", tree(object));
    }
    return row;
  }

  private static List<@Nullable Object> cells(Shown shown, StoredObject object, Instant now) {
    if (shown.printer != null && shown.kind != null) {
      try {
        return shown.printer.cells(shown.kind.parser().parseFrom(stored(shown, object)), now);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(object.name() + " is unreadable", e);
      }
    }
    if (shown.custom != null) {
      return shown.custom.cells(object.name(), tree(object), now);
    }
    Object metadata = tree(object).get("metadata");
    Object created = metadata instanceof Map<?, ?> map ? map.get("creationTimestamp") : null;
    List<@Nullable Object> cells = new ArrayList<>(2);
    cells.add(object.name());
    cells.add(age(created, now));
    return cells;
  }

  private static byte[] stored(Shown shown, StoredObject object) {
    return shown.conversion == Conversion.NONE
        ? object.bytes()
        : ProtobufCodec.encode(
            Schema.message(shown.storedMessage), shown.conversion.toHub(tree(object)));
  }

  private static List<@Nullable Object> columns(Shown shown) {
    List<@Nullable Object> columns = new ArrayList<>();
    if (shown.custom != null) {
      columns.add(column("Name", "string", "name", 0));
      for (CustomVersion.Column each : shown.custom.columns()) {
        Map<String, @Nullable Object> column =
            column(each.name(), each.type(), each.format(), each.priority());
        column.put(
            "description",
            each.description().isEmpty()
                ? "Custom resource definition column (in JSONPath format): " + each.path()
                : each.description());
        columns.add(column);
      }
      return columns;
    }
    if (shown.printer == null) {
      columns.add(column("Name", "string", "name", 0));
      columns.add(column("Age", "string", "", 0));
      return columns;
    }
    for (TablePrinter.Column each : shown.printer.columns()) {
      columns.add(column(each.name(), each.type(), each.format(), each.priority()));
    }
    return columns;
  }

  private static String age(@Nullable Object time, Instant now) {
    try {
      return time instanceof String stamp
          ? HumanDuration.of(Duration.between(Instant.parse(stamp), now))
          : "<unknown>";
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }

  private static Map<String, @Nullable Object> column(
      String name, String type, String format, long priority) {
    Map<String, @Nullable Object> column = new LinkedHashMap<>();
    column.put("name", name);
    column.put("type", type);
    column.put("format", format);
    column.put("description", ColumnDescriptions.of(name));
    column.put("priority", priority);
    return column;
  }

  private static Map<String, @Nullable Object> tree(StoredObject object) {
    ObjectForm form = object.form();
    return ProtobufCodec.decode(
        Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }
}
