package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.stream.Stream;

/// What a test takes beyond a JDK. Without it the test is skipped; in CI it fails.
final class Needs {
  private Needs() {}

  static void rootAnd(String... programs) {
    List<String> missing =
        Stream.concat(Stream.of("ip", "nsenter", "kubectl", "nft", "curl"), Stream.of(programs))
            .filter(program -> !Shell.installed(program))
            .toList();
    boolean root = "root".equals(System.getProperty("user.name"));
    if ("true".equals(System.getenv("CI"))) {
      assertThat(missing).as("programs that are not installed").isEmpty();
      assertThat(root).as("runs as root").isTrue();
    }
    assumeTrue(root && missing.isEmpty(), () -> "needs root, and these programs: " + missing);
  }

  /// One more thing that a test takes.
  static void that(boolean there, String what) {
    if ("true".equals(System.getenv("CI"))) {
      assertThat(there).as(what).isTrue();
    }
    assumeTrue(there, () -> "needs " + what);
  }
}
