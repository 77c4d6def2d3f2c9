package io.kemudi.apimachinery.kinds;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apimachinery.validation.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An object that its kind accepts, for tests that change one thing at a time and look what is
/// said. A change is `path=value`: steps with dots between them (a number is a list's index) and a
/// JSON value; several are put apart by ` & `.
record Rules(Kind kind, String base) {
  static Rules of(String group, String kind, String base) {
    return new Rules(Kinds.of(group, kind), base);
  }

  /// The errors of creating the object so changed, as `field TYPE`.
  List<String> create(String changes) {
    Map<String, @Nullable Object> tree = tree();
    change(tree, changes);
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    return shown(kind.validate(message(tree)));
  }

  /// The errors of then writing the object with more changes, or one of its subresources.
  List<String> update(String before, String changes, String subresource) {
    Map<String, @Nullable Object> old = stored(before);
    Map<String, @Nullable Object> tree = stored(before);
    change(tree, changes);
    kind.applyDefaults(tree);
    kind.prepareForUpdate(tree, old, subresource);
    return shown(kind.validateUpdate(message(tree), message(old), subresource));
  }

  List<String> warnings(String changes) {
    Map<String, @Nullable Object> tree = tree();
    change(tree, changes);
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    return kind.warnings(message(tree), null);
  }

  /// What of it is kept; what `status...` changes set stays, as if an agent had written it.
  private Map<String, @Nullable Object> stored(String changes) {
    Map<String, @Nullable Object> tree = tree();
    change(tree, changes);
    Object status = tree.get("status");
    kind.applyDefaults(tree);
    kind.prepareForCreate(tree);
    if (status != null) {
      tree.put("status", status);
    }
    return tree;
  }

  private Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> tree =
        Json.parseObject(base.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    Map<String, @Nullable Object> metadata = Tree.made(tree, "metadata");
    metadata.putIfAbsent("name", "x");
    metadata.put("uid", "6fa459ea-ee8a-3ca4-894e-db77e160355e");
    if (ResourceInfos.hub(kind.group(), kind.kind()).orElseThrow().namespaced()) {
      metadata.put("namespace", "ns");
    }
    return tree;
  }

  private static void change(Map<String, @Nullable Object> tree, String changes) {
    for (String change : changes.isEmpty() ? new String[0] : changes.split(" & ")) {
      int equals = change.indexOf('=');
      String value = change.substring(equals + 1).replace('\'', '"');
      Object parsed =
          Json.parseObject(("{\"v\":" + value + "}").getBytes(StandardCharsets.UTF_8)).get("v");
      set(tree, List.of(change.substring(0, equals).split("\\.")), parsed);
    }
  }

  @SuppressWarnings("unchecked")
  private static void set(Object holder, List<String> path, @Nullable Object value) {
    String step = path.getFirst().replace('~', '.');
    List<String> rest = path.subList(1, path.size());
    if (holder instanceof List<?> list) {
      List<Object> elements = (List<Object>) list;
      int at = Integer.parseInt(step);
      if (rest.isEmpty()) {
        elements.set(at, value);
      } else {
        set(elements.get(at), rest, value);
      }
      return;
    }
    Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) holder;
    if (!rest.isEmpty()) {
      Object next = map.computeIfAbsent(step, _ -> new LinkedHashMap<String, @Nullable Object>());
      set(next, rest, value);
    } else if (value == null) {
      map.remove(step);
    } else {
      map.put(step, value);
    }
  }

  private Message message(Map<String, @Nullable Object> tree) {
    String type = ResourceInfos.hub(kind.group(), kind.kind()).orElseThrow().messageType();
    try {
      return kind.parser().parseFrom(ProtobufCodec.encode(Schema.message(type), tree));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> shown(List<FieldError> errors) {
    List<String> shown = new ArrayList<>();
    for (FieldError error : errors) {
      String one = error.field() + " " + error.type();
      if (!shown.contains(one)) {
        shown.add(one);
      }
    }
    return shown;
  }
}
