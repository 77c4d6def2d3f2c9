package io.kemudi.apiserver.table;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.StoredObject;
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
                "unrecognized includeObject value: \"" + parameter + "\"");
      };
    }
  }

  /// The Table of the objects, as a tree; with one object its revision is the Table's. Without
  /// columns when `bare` (all but the first event of a watch).
  public Map<String, @Nullable Object> of(
      ResourceRow row, List<StoredObject> objects, Include include, String version, boolean bare) {
    TablePrinter printer = TablePrinters.of(row.group(), row.resource());
    Instant now = clock.instant();
    List<@Nullable Object> rows = new ArrayList<>(objects.size());
    for (StoredObject object : objects) {
      rows.add(row(printer, object, include, version, now));
    }
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    if (objects.size() == 1) {
      metadata.put("resourceVersion", Long.toString(objects.getFirst().revision()));
    }
    Map<String, @Nullable Object> table = new LinkedHashMap<>();
    table.put("kind", "Table");
    table.put("apiVersion", "meta.k8s.io/" + version);
    table.put("metadata", metadata);
    table.put("columnDefinitions", bare ? new ArrayList<@Nullable Object>() : columns(printer));
    table.put("rows", rows);
    return table;
  }

  private static Map<String, @Nullable Object> row(
      TablePrinter printer, StoredObject object, Include include, String version, Instant now) {
    Map<String, @Nullable Object> tree = tree(object);
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("cells", printer.cells(new Cells(tree, now)));
    switch (include) {
      case NONE -> {}
      case METADATA -> {
        Map<String, @Nullable Object> partial = new LinkedHashMap<>();
        partial.put("kind", "PartialObjectMetadata");
        partial.put("apiVersion", "meta.k8s.io/" + version);
        partial.put("metadata", tree.get("metadata"));
        cells.put("object", partial);
      }
      case OBJECT -> cells.put("object", tree);
    }
    return cells;
  }

  private static List<@Nullable Object> columns(TablePrinter printer) {
    List<@Nullable Object> columns = new ArrayList<>();
    for (TablePrinter.Column each : printer.columns()) {
      String format = each.name().equals("Name") ? "name" : "";
      columns.add(column(each.name(), each.type(), format, "", each.priority()));
    }
    return columns;
  }

  private static Map<String, @Nullable Object> column(
      String name, String type, String format, String description, long priority) {
    Map<String, @Nullable Object> column = new LinkedHashMap<>();
    column.put("name", name);
    column.put("type", type);
    column.put("format", format);
    column.put("description", description);
    column.put("priority", priority);
    return column;
  }

  private static Map<String, @Nullable Object> tree(StoredObject object) {
    ObjectForm form = object.form();
    return form.isJson()
        ? Json.parseObject(object.bytes())
        : ProtobufCodec.decode(
            Schema.message(form.messageType()), form.apiVersion(), form.kind(), object.bytes());
  }
}
