package io.kemudi.nodeagent.agent;

import io.kemudi.kubernetes.core.v1.NodeSystemInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the machine says of itself, read from `/proc` and `/etc`. What cannot be read is left
/// empty: a container or an odd machine is no reason not to start.
final class Machine {
  private Machine() {}

  static long memoryBytes() {
    for (String line : read(Path.of("/proc/meminfo")).split("\n", -1)) {
      if (line.startsWith("MemTotal:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    return 0;
  }

  /// Capacity by resource, as quantities.
  static Map<String, String> capacity(int maxPods, Path dataDir) {
    var capacity = new LinkedHashMap<String, String>();
    capacity.put("cpu", Integer.toString(java.lang.Runtime.getRuntime().availableProcessors()));
    capacity.put("ephemeral-storage", diskBytes(dataDir) / 1024 + "Ki");
    capacity.put("hugepages-1Gi", "0");
    capacity.put("hugepages-2Mi", "0");
    capacity.put("memory", memoryBytes() / 1024 + "Ki");
    capacity.put("pods", Integer.toString(maxPods));
    return capacity;
  }

  private static long diskBytes(Path dataDir) {
    try {
      return Files.getFileStore(dataDir).getTotalSpace();
    } catch (IOException e) {
      return 0;
    }
  }

  static NodeSystemInfo info(String runtime, String kubeletVersion) {
    return NodeSystemInfo.newBuilder()
        .setMachineID(read(Path.of("/etc/machine-id")).strip())
        .setSystemUUID(read(Path.of("/sys/class/dmi/id/product_uuid")).strip())
        .setBootID(read(Path.of("/proc/sys/kernel/random/boot_id")).strip())
        .setKernelVersion(read(Path.of("/proc/sys/kernel/osrelease")).strip())
        .setOsImage(osImage())
        .setContainerRuntimeVersion(runtime)
        .setKubeletVersion(kubeletVersion)
        .setKubeProxyVersion("")
        .setOperatingSystem("linux")
        .setArchitecture(architecture())
        .build();
  }

  static String architecture() {
    String arch = System.getProperty("os.arch", "");
    return switch (arch) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> arch;
    };
  }

  private static String osImage() {
    for (String line : read(Path.of("/etc/os-release")).split("\n", -1)) {
      if (line.startsWith("PRETTY_NAME=")) {
        return line.substring("PRETTY_NAME=".length()).replace("\"", "");
      }
    }
    return "Linux";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
