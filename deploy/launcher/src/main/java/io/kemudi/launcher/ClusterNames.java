package io.kemudi.launcher;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What a cluster calls its things on the machine: bridges, tables of rules, nodes. The cluster in
/// the default data directory has the plain names; others carry a part of a hash of theirs, so that
/// several clusters live side by side, and each finds its own things again.
///
/// @param suffix "" or six hexadecimal digits
record ClusterNames(String suffix) {
  static ClusterNames of(DataDirectory directory) {
    return new ClusterNames(
        directory.root().equals(DataDirectory.defaultRoot())
            ? ""
            : hash(directory.root().toString()));
  }

  private static String hash(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 3);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The pod bridge of one of the nodes that share this machine; the kernel allows 15 characters.
  String bridge(int node) {
    return suffix.isEmpty() ? "kemudi" + node : "kemudi" + suffix + "-" + node;
  }

  /// Whether `device` is a pod bridge of this cluster.
  boolean isBridge(String device) {
    return device.matches(suffix.isEmpty() ? "kemudi\\d{1,2}" : "kemudi" + suffix + "-\\d+");
  }

  /// The nftables table that carries Services.
  String proxyTable() {
    return suffix.isEmpty() ? "kemudi-proxy" : "kemudi-proxy-" + suffix;
  }

  /// Clusters that share a runtime tell their pods apart by the node's name.
  String node(String host, RuntimeChoice runtime) {
    return runtime == RuntimeChoice.CRI && !suffix.isEmpty() ? host + "-" + suffix : host;
  }
}
