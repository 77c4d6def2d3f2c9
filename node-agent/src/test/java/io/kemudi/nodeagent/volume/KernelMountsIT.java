package io.kemudi.nodeagent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real mounts, which take root.
@Timeout(60)
class KernelMountsIT {
  @TempDir Path dir;
  private final KernelMounts mounts = new KernelMounts();
  private Path volume;

  @BeforeEach
  void setUp() throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    if ("true".equals(System.getenv("CI"))) {
      assertThat(root).as("tests of mounts run as root").isTrue();
    }
    assumeTrue(root, "mounts take root");
    volume = Files.createDirectories(dir.resolve("volume"));
    Files.createDirectories(dir.resolve("outside"));
    Files.writeString(dir.resolve("outside/secret"), "secret");
  }

  @AfterEach
  void tearDown() throws IOException {
    mounts.unmountBelow(dir);
  }

  @Test
  void aVolumeInMemoryHoldsNoMoreThanItsLimit() throws Exception {
    Path memory = Files.createDirectories(dir.resolve("with blank"));
    mounts.memory(memory, 1 << 20);
    mounts.memory(memory, 1 << 20);

    Files.write(memory.resolve("fits"), new byte[900 << 10]);
    assertThatThrownBy(() -> Files.write(memory.resolve("more"), new byte[200 << 10]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left");
    assertThat(Files.getFileStore(memory).type()).isEqualTo("tmpfs");

    mounts.unmountBelow(dir);
    assertThat(memory.resolve("fits")).doesNotExist();
  }

  @Test
  void linksAreFollowedInsideTheVolumeAndNoFurther() throws Exception {
    Files.createDirectories(volume.resolve("in"));
    Files.createSymbolicLink(volume.resolve("inside"), Path.of("in"));
    Files.createSymbolicLink(volume.resolve("out"), Path.of("../outside"));
    Files.createSymbolicLink(volume.resolve("absolute"), dir.resolve("outside"));

    Path target = mounts.subPath(volume, "inside/a/b", dir.resolve("target"));

    Files.writeString(target.resolve("file"), "text");
    assertThat(volume.resolve("in/a/b/file")).hasContent("text");
    for (String wrong : new String[] {"out/secret", "out", "absolute/secret", "absolute/new"}) {
      assertThatThrownBy(() -> mounts.subPath(volume, wrong, dir.resolve("wrong")))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("leads out of the volume");
    }
    assertThat(dir.resolve("outside/new")).doesNotExist();
  }

  @Test
  void oneFileCanBeMountedAndMountedAnew() throws Exception {
    Files.writeString(volume.resolve("file"), "one");
    Path target = dir.resolve("target");
    mounts.subPath(volume, "file", target);
    assertThat(target).hasContent("one");

    Files.delete(volume.resolve("file"));
    Files.writeString(volume.resolve("file"), "two");
    mounts.subPath(volume, "file", target);
    assertThat(target).hasContent("two");
  }

  /// Whoever turns a link round at the right moment must not get what is outside.
  @Test
  void aRaceForTheLinkIsNeverWon() throws Exception {
    Files.createDirectory(volume.resolve("in"));
    Files.writeString(volume.resolve("in/secret"), "mine");
    Path contested = volume.resolve("contested");
    Files.createSymbolicLink(contested, Path.of("in"));
    assertThat(mounts.subPath(volume, "contested/secret", dir.resolve("target")))
        .hasContent("mine");

    var over = new AtomicBoolean();
    var turns = new AtomicInteger();
    Thread turner = Thread.ofPlatform().start(() -> turn(contested, over, turns));
    int refused = 0;
    try {
      for (int i = 0; i < 1_000 || (refused == 0 && i < 100_000); i++) {
        try {
          Path target = mounts.subPath(volume, "contested/secret", dir.resolve("target"));
          assertThat(Files.readString(target)).isEqualTo("mine");
        } catch (IllegalArgumentException e) {
          refused++;
        }
      }
    } finally {
      over.set(true);
      turner.join();
    }
    assertThat(turns).hasPositiveValue();
    assertThat(refused).as("times that the link led out").isPositive();
  }

  private static void turn(Path link, AtomicBoolean over, AtomicInteger turns) {
    try {
      Path next = link.resolveSibling("next");
      while (!over.get()) {
        for (Path to : List.of(Path.of("../outside"), Path.of("in"))) {
          Files.createSymbolicLink(next, to);
          Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
          turns.incrementAndGet();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
