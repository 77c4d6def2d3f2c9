package io.kemudi.apiserver.registry;

/// How Go prints what kind of which version something is, which messages contain.
final class GroupVersions {
  private GroupVersions() {}

  /// `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`.
  static String shown(String apiVersion, String kind) {
    String version = apiVersion.indexOf('/') < 0 ? "/" + apiVersion : apiVersion;
    return version + ", Kind=" + kind;
  }
}
