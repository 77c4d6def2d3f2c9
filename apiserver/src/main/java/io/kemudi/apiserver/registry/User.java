package io.kemudi.apiserver.registry;

import java.util.List;
import java.util.Map;

/// Who asks. Made by authentication (or by the launcher for parts in the same process).
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String MASTERS = "system:masters";

  /// The group of node agents, and what stands before a node's name in their user names.
  public static final String NODES = "system:nodes";

  public static final String NODE_PREFIX = "system:node:";

  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  public static User of(String name, String... groups) {
    return new User(name, "", List.of(groups), Map.of());
  }

  /// The server itself, which may do everything.
  public static User loopback() {
    return of("system:apiserver", MASTERS, "system:authenticated");
  }

  /// The node whose agent this is; "" for all others.
  public String nodeName() {
    return in(NODES) && name.startsWith(NODE_PREFIX) ? name.substring(NODE_PREFIX.length()) : "";
  }

  public boolean in(String group) {
    return groups.contains(group);
  }
}
