package io.kemudi.apimachinery.schema;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The messages of the Kubernetes API by name, `core.v1.Pod`. A package's file is read when one of
/// its messages is first asked for, a message's tables are built when that message is. Any thread.
public final class Schema {
  /// Message name -> its tables.
  private static final Map<String, MessageType> MESSAGES = new ConcurrentHashMap<>();

  /// Package alias, `core.v1` -> the lines of its file.
  private static final Map<String, Map<String, SchemaFile.MessageLines>> FILES =
      new ConcurrentHashMap<>();

  private Schema() {}

  /// @throws IllegalArgumentException when there is no such message
  public static MessageType message(String name) {
    MessageType type = find(name);
    if (type == null) {
      throw new IllegalArgumentException("no message " + name + " in the schema files");
    }
    return type;
  }

  /// As [#message(String)], null when there is no such message.
  public static @Nullable MessageType find(String name) {
    MessageType known = MESSAGES.get(name);
    if (known != null) {
      return known;
    }
    int dot = name.lastIndexOf('.');
    SchemaFile.MessageLines lines = dot < 0 ? null : file(name.substring(0, dot)).get(name);
    if (lines == null) {
      return null;
    }
    MessageType built = new MessageType(name, lines);
    MessageType earlier = MESSAGES.putIfAbsent(name, built);
    return earlier == null ? built : earlier;
  }

  /// The message of a kind as clients name it (`apps/v1`, `Deployment`), null when it is not built
  /// in. A package is called by the first word of its group: `rbac.authorization.k8s.io/v1` is
  /// `rbac.v1`.
  public static @Nullable MessageType findKind(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    if (slash < 0) {
      return find("core." + apiVersion + "." + kind);
    }
    int dot = apiVersion.indexOf('.');
    int end = dot < 0 || dot > slash ? slash : dot;
    boolean ours = end == slash || apiVersion.substring(end, slash).endsWith(".k8s.io");
    return ours
        ? find(apiVersion.substring(0, end) + "." + apiVersion.substring(slash + 1) + "." + kind)
        : null;
  }

  /// The names of all messages of a package, `core.v1`, sorted; empty when there is no such
  /// package.
  public static List<String> messageNames(String alias) {
    return file(alias).keySet().stream().sorted().toList();
  }

  private static Map<String, SchemaFile.MessageLines> file(String alias) {
    Map<String, SchemaFile.MessageLines> known = FILES.get(alias);
    if (known != null) {
      return known;
    }
    Map<String, SchemaFile.MessageLines> read = SchemaFile.read(alias);
    if (read == null) {
      return Map.of(); // not remembered: names come from requests, and the map would grow
    }
    FILES.put(alias, read);
    return read;
  }
}
