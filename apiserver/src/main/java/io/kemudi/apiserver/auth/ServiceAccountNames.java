package io.kemudi.apiserver.auth;

import java.util.List;

/// The user and the groups that a service account is.
public final class ServiceAccountNames {
  static final String PREFIX = "system:serviceaccount:";

  private ServiceAccountNames() {}

  public static String user(String namespace, String name) {
    return PREFIX + namespace + ":" + name;
  }

  public static List<String> groups(String namespace) {
    return List.of(
        "system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated");
  }
}
