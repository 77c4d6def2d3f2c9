package io.kemudi.apiserver.discovery;

import io.kemudi.lifecycle.Release;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `/version` answers.
public final class VersionInfo {
  /// The Kubernetes release whose API is served, and the number of our release of it.
  public static final String GIT_VERSION = Release.VERSION;

  private VersionInfo() {}

  public static Map<String, @Nullable Object> tree() {
    Map<String, @Nullable Object> version = new LinkedHashMap<>();
    version.put("major", "1");
    version.put("minor", "36");
    version.put("emulationMajor", "1");
    version.put("emulationMinor", "36");
    version.put("minCompatibilityMajor", "1");
    version.put("minCompatibilityMinor", "35");
    version.put("gitVersion", GIT_VERSION);
    version.put("gitCommit", "");
    version.put("gitTreeState", "");
    version.put("buildDate", "1970-01-01T00:00:00Z");
    version.put("goVersion", "java" + Runtime.version().feature());
    version.put("compiler", "javac");
    version.put("platform", "linux/" + architecture());
    return version;
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch", "")) {
      case "aarch64" -> "arm64";
      case String other -> other;
    };
  }
}
