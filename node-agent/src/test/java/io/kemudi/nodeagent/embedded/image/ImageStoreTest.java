package io.kemudi.nodeagent.embedded.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kemudi.nodeagent.embedded.image.TestImages.Built;
import io.kemudi.nodeagent.embedded.image.TestImages.Tar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageStoreTest {
  @TempDir Path folder;

  private static Built twoLayers() throws IOException {
    return TestImages.image(
        List.of("/bin/tool"),
        List.of(
            new Tar().folder("etc").file("etc/kept", "one").file("bin/tool", "#!").bytes(),
            new Tar().file("etc/added", "two").bytes()));
  }

  @Test
  void importsAnArchiveAndFindsItByEveryName() throws IOException {
    ImageStore store = new ImageStore(folder);
    Path archive = folder.resolve("image.tar");
    Files.write(archive, twoLayers().archive("example.com/team/app:1.0"));

    StoredImage image = store.importArchive(archive).getFirst();

    assertThat(image.tags()).containsExactly("example.com/team/app:1.0");
    assertThat(image.defaults().entrypoint()).containsExactly("/bin/tool");
    assertThat(store.find("example.com/team/app:1.0")).contains(image);
    assertThat(store.find(image.id())).contains(image);
    assertThat(store.find(image.id().substring(7))).contains(image);
    assertThat(store.find(image.digests().getFirst())).contains(image);
    assertThat(store.find("example.com/team/app:2.0")).isEmpty();
    assertThat(store.layerFolders(image).getFirst().resolve("etc/added")).hasContent("two");
    assertThat(store.layerFolders(image).getLast().resolve("etc/kept")).hasContent("one");
  }

  @Test
  void remembersImagesAndSharesTheirLayers() throws IOException {
    Files.createDirectories(folder.resolve("archives"));
    Files.write(folder.resolve("archives/a.tar"), twoLayers().archive("example.com/a:1"));
    StoredImage image = new ImageStore(folder).find("example.com/a:1").orElseThrow();
    Files.delete(folder.resolve("archives/a.tar"));

    ImageStore again = new ImageStore(folder);

    assertThat(again.find("example.com/a:1")).contains(image);
    again.remove("example.com/a:1", Set.of(image.layers().getFirst()));
    again.remove("example.com/a:1", Set.of());
    assertThat(new ImageStore(folder).find("example.com/a:1")).isEmpty();
    assertThat(again.layersFolder().resolve(image.layers().getFirst())).isDirectory();
    assertThat(again.layersFolder().resolve(image.layers().getLast())).doesNotExist();
  }

  @Test
  void pullsFromARegistryAndRefusesContentThatIsNotWhatItSays() throws IOException {
    Built built = twoLayers();
    HttpServer registry =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    registry.createContext(
        "/v2/team/app/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String what = path.substring(path.lastIndexOf('/') + 1);
          byte[] body = what.equals("1.0") ? built.manifest() : built.blobs().get(what);
          if (what.equals("lying")) {
            body =
                new String(built.manifest(), StandardCharsets.UTF_8)
                    .replaceFirst("(\"layers\".*?sha256:)[0-9a-f]{8}", "$1deadbeef")
                    .getBytes(StandardCharsets.UTF_8);
          } else if (what.startsWith("sha256:deadbeef")) {
            body = "anything".getBytes(StandardCharsets.UTF_8);
          }
          exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
          if (body != null) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    registry.start();
    String name = "127.0.0.1:" + registry.getAddress().getPort() + "/team/app";
    try {
      ImageStore store = new ImageStore(folder);

      assertThatThrownBy(() -> store.pull(name + ":lying", "", "", ""))
          .hasMessageContaining("refused");
      assertThatThrownBy(() -> store.pull(name + ":absent", "", "", ""))
          .hasMessageContaining("404");
      StoredImage image = store.pull(name + ":1.0", "", "", "");

      assertThat(image.tags()).containsExactly(name + ":1.0");
      assertThat(image.digests()).containsExactly(name + "@" + built.digest());
      assertThat(store.pull(name + "@" + built.digest(), "", "", "").id()).isEqualTo(image.id());
    } finally {
      registry.stop(0);
    }
  }

  @Test
  void hidesWhatALayerDeletes() throws IOException {
    Path lower = Files.createDirectories(folder.resolve("lower"));
    Files.createDirectories(lower.resolve("opaque"));
    Files.writeString(lower.resolve("opaque/old"), "old");
    Path upper = Files.createDirectories(folder.resolve("upper"));
    byte[] layer =
        new Tar()
            .file("etc/.wh.gone", "")
            .folder("opaque")
            .file("opaque/.wh..wh..opq", "")
            .file("opaque/new", "new")
            .bytes();

    new LayerUnpacker(upper, List.of(lower)).unpack(new ByteArrayInputStream(layer));

    assertThat(Files.readAttributes(upper.resolve("etc/gone"), "unix:rdev"))
        .containsEntry("rdev", 0L);
    assertThat(Files.readAttributes(upper.resolve("opaque/old"), "unix:rdev"))
        .containsEntry("rdev", 0L);
    assertThat(upper.resolve("opaque/new")).hasContent("new");
    assertThat(upper.resolve("opaque/.wh..wh..opq")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../escaped", "a/../../escaped", "/../escaped", "link/escaped"})
  void refusesLayersThatWriteOutsideTheirFolder(String name) throws IOException {
    Path layer = Files.createDirectories(folder.resolve("x/layer"));
    byte[] tar = new Tar().link("link", "../..").file(name, "boo").bytes();

    assertThatThrownBy(
            () -> new LayerUnpacker(layer, List.of()).unpack(new ByteArrayInputStream(tar)))
        .hasMessageContaining("refused");
    assertThat(folder.resolve("x/escaped")).doesNotExist();
    assertThat(folder.resolve("escaped")).doesNotExist();
  }

  @Test
  void refusesHardLinksThroughSymbolicLinks() throws IOException {
    Path layer = Files.createDirectories(folder.resolve("layer"));
    Files.writeString(folder.resolve("secret"), "secret");
    byte[] tar = new Tar().link("up", "..").hardLink("mine", "up/secret").bytes();

    assertThatThrownBy(
            () -> new LayerUnpacker(layer, List.of()).unpack(new ByteArrayInputStream(tar)))
        .hasMessageContaining("refused");
    assertThat(layer.resolve("mine")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, docker.io/library/busybox:latest",
    "team/app:1, docker.io/team/app:1",
    "localhost/app, localhost/app:latest",
    "127.0.0.1:5000/a/b:2, 127.0.0.1:5000/a/b:2",
    "kemudi.io/host, kemudi.io/host:latest"
  })
  void completesShortNames(String given, String whole) {
    assertThat(ImageReference.parse(given).toString()).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER/case", "a b", "x:y:z", "-a", "a@sha256:short", "a//b"})
  void refusesWhatIsNotAName(String name) {
    assertThatThrownBy(() -> ImageReference.parse(name)).hasMessageContaining("invalid image");
  }

  @Test
  void theMachineItselfIsAnImageUnderAnyTag() throws IOException {
    ImageStore store = new ImageStore(folder);

    StoredImage image = store.pull("kemudi.io/host:dev", "", "", "");

    assertThat(image.tags()).contains("kemudi.io/host:dev");
    assertThat(store.layerFolders(image)).containsExactly(Path.of("/"));
  }
}
