package io.kemudi.launcher;

import io.kemudi.http.TlsMaterial;
import io.kemudi.nodeagent.agent.NodeAgentConfig;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// How the launcher lays out a node's files, the same for agents in the server's process and in
/// their own.
final class AgentConfigs {
  private AgentConfigs() {}

  /// `dir` is the node's folder.
  static NodeAgentConfig of(
      String name,
      Path dir,
      String address,
      InetSocketAddress bind,
      TlsMaterial serving,
      List<X509Certificate> clientAuthorities) {
    return new NodeAgentConfig(
        name,
        dir.resolve("pods"),
        memoryDirectory(dir),
        dir.resolve("logs"),
        address,
        bind,
        serving,
        clientAuthorities,
        "",
        List.of(),
        "cluster.local",
        NodeAgentConfig.DEFAULT_MAX_PODS,
        Map.of(),
        List.of(),
        Map.of(),
        Files.isDirectory(Path.of("/sys/fs/cgroup")) ? Path.of("/sys/fs/cgroup") : null,
        NodeAgentConfig.DEFAULT_LEASE_DURATION);
  }

  /// Secrets stay in memory where there is a memory file system to write to.
  static Path memoryDirectory(Path dir) {
    Path run = Path.of("/run");
    return Files.isWritable(run)
        ? run.resolve("kemudi-" + Integer.toHexString(dir.toString().hashCode()) + "-memory")
        : dir.resolve("memory");
  }
}
