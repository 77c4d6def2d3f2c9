package io.kemudi.apiserver.registry;

import java.util.List;
import java.util.Map;

/// Who asks. Made by authentication (or by the launcher for parts in the same process).
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String MASTERS = "system:masters";

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

  public boolean in(String group) {
    return groups.contains(group);
  }
}
