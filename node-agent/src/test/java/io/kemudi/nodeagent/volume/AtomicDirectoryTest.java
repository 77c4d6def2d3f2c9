package io.kemudi.nodeagent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kemudi.nodeagent.volume.AtomicDirectory.FileContent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicDirectoryTest {
  @TempDir Path dir;
  private AtomicDirectory volume;

  @BeforeEach
  void setUp() {
    volume = new AtomicDirectory(dir);
  }

  private static FileContent file(String text, int mode) {
    return new FileContent(text.getBytes(StandardCharsets.UTF_8), mode, null);
  }

  @Test
  void showsFilesThroughOneLinkThatIsSwapped() throws Exception {
    volume.write(Map.of("a", file("1", 0644), "sub/b", file("2", 0400)), "v1");

    assertThat(Files.readSymbolicLink(dir.resolve("..data"))).hasToString("..v1");
    assertThat(Files.readSymbolicLink(dir.resolve("a"))).hasToString("..data/a");
    assertThat(dir.resolve("sub/b")).hasContent("2");
    assertThat((Integer) Files.getAttribute(dir.resolve("sub/b"), "unix:mode") & 0777)
        .isEqualTo(0400);

    boolean changed = volume.write(Map.of("a", file("3", 0644)), "v2");

    assertThat(changed).isTrue();
    assertThat(dir.resolve("a")).hasContent("3");
    assertThat(Files.list(dir).map(p -> p.getFileName().toString()))
        .containsExactlyInAnyOrder("..data", "..v2", "a");
  }

  @Test
  void touchesNothingWhenNothingChanged() throws Exception {
    volume.write(Map.of("a", file("1", 0644)), "v1");

    assertThat(volume.write(Map.of("a", file("1", 0644)), "v2")).isFalse();
    assertThat(Files.readSymbolicLink(dir.resolve("..data"))).hasToString("..v1");
    assertThat(volume.write(Map.of("a", file("1", 0600)), "v3")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/x", "a/../../x", "", "..data", "a//b", "."})
  void refusesPathsThatLeadOut(String path) {
    assertThatThrownBy(() -> volume.write(Map.of(path, file("1", 0644)), "v1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + path + "\"");
  }

  @Test
  void subPathsDoNotLeaveTheVolume() throws Exception {
    Files.createDirectories(dir.resolve("volume/in"));
    Files.createSymbolicLink(dir.resolve("volume/out"), dir.resolve("volume").relativize(dir));
    Files.createSymbolicLink(dir.resolve("volume/inside"), Path.of("in"));

    assertThat(SubPaths.resolve(dir.resolve("volume"), "inside/new"))
        .isEqualTo(dir.toRealPath().resolve("volume/in/new"))
        .isDirectory();
    assertThatThrownBy(() -> SubPaths.resolve(dir.resolve("volume"), "out/passwd"))
        .hasMessageContaining("leads out of the volume at \"out\"");
    assertThatThrownBy(() -> SubPaths.resolve(dir.resolve("volume"), "../x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void removesATreeWithoutFollowingLinks() throws Exception {
    Path outside = Files.createDirectories(dir.resolve("outside"));
    Files.writeString(outside.resolve("precious"), "x");
    Path tree = Files.createDirectories(dir.resolve("tree"));
    Files.createSymbolicLink(tree.resolve("link"), outside);

    AtomicDirectory.deleteTree(tree);

    assertThat(tree).doesNotExist();
    assertThat(outside.resolve("precious")).exists();
  }
}
