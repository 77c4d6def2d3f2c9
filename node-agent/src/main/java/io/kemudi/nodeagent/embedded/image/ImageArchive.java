package io.kemudi.nodeagent.embedded.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kemudi.nodeagent.embedded.image.StoredImage.Json;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Reads images from a tar file: an OCI image layout (`index.json`), else what `docker save` writes
/// (`manifest.json`).
final class ImageArchive {
  private static final String CONTAINERD_NAME = "io.containerd.image.name";
  private static final String OCI_NAME = "org.opencontainers.image.ref.name";

  private ImageArchive() {}

  static List<StoredImage> importAll(Path archive, Path work, ImageStore store) throws IOException {
    try {
      try (InputStream in = Files.newInputStream(archive)) {
        extract(in, work);
      }
      if (Files.exists(work.resolve("index.json"))) {
        return importLayout(archive, work, store);
      }
      if (Files.exists(work.resolve("manifest.json"))) {
        return importDocker(work, store);
      }
      throw new IOException(
          archive + " is not an image archive: it has neither index.json nor manifest.json");
    } finally {
      LayerUnpacker.deleteTree(work);
    }
  }

  /// Plain files only, each below `work`; older `docker save` archives link equal layers.
  private static void extract(InputStream in, Path work) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(LayerUnpacker.decompressed(new BufferedInputStream(in)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        Path target = work.resolve(e.getName()).normalize();
        if (!target.startsWith(work)) {
          throw new IOException("archive entry \"" + e.getName() + "\" points outside: refused");
        }
        if (e.isFile() && !e.isSymbolicLink() && !e.isLink()) {
          Files.createDirectories(target.getParent());
          Files.copy(tar, target);
        } else if (e.isSymbolicLink() || e.isLink()) {
          Path source =
              (e.isLink() ? work.resolve(e.getLinkName()) : target.resolveSibling(e.getLinkName()))
                  .normalize();
          if (source.startsWith(work) && Files.isRegularFile(source)) {
            Files.createDirectories(target.getParent());
            Files.copy(source, target);
          }
        }
      }
    }
  }

  private static List<StoredImage> importLayout(Path archive, Path work, ImageStore store)
      throws IOException {
    List<StoredImage> images = new ArrayList<>();
    JsonObject index = read(work.resolve("index.json")).getAsJsonObject();
    for (JsonElement element : Json.elements(index, "manifests")) {
      JsonObject entry = element.getAsJsonObject();
      String digest = Json.string(entry, "digest");
      JsonObject manifest = read(blob(work, digest)).getAsJsonObject();
      if (manifest.has("manifests")) {
        Optional<String> chosen = RegistryClient.ofThisPlatform(manifest);
        if (chosen.isEmpty()) {
          continue;
        }
        manifest = read(blob(work, chosen.get())).getAsJsonObject();
      }
      List<String> tags = names(archive, Json.object(entry, "annotations"));
      List<String> digests =
          tags.stream().map(t -> ImageReference.parse(t).name() + "@" + digest).toList();
      images.add(store.store(manifest, d -> Files.newInputStream(blob(work, d)), tags, digests));
    }
    return images;
  }

  /// containerd's name is the whole reference; OCI's may be only a tag, which then says nothing of
  /// the repository: the archive's file name stands in.
  private static List<String> names(Path archive, JsonObject annotations) {
    String whole = Json.string(annotations, CONTAINERD_NAME);
    String name = whole.isEmpty() ? Json.string(annotations, OCI_NAME) : whole;
    if (name.isEmpty()) {
      name = "latest";
    }
    if (!name.contains("/") && !name.contains(":")) {
      String file = archive.getFileName().toString().replaceFirst("\\.tar.*$", "");
      name = "localhost/" + file.toLowerCase(Locale.ROOT) + ":" + name;
    }
    return List.of(ImageReference.parse(name).toString());
  }

  private static List<StoredImage> importDocker(Path work, ImageStore store) throws IOException {
    List<StoredImage> images = new ArrayList<>();
    for (JsonElement element : read(work.resolve("manifest.json")).getAsJsonArray()) {
      JsonObject entry = element.getAsJsonObject();
      // Rewritten as an OCI manifest, its blobs found by their files.
      Map<String, Path> files = new HashMap<>();
      JsonObject manifest = new JsonObject();
      manifest.add("config", descriptor(work, Json.string(entry, "Config"), files));
      JsonArray layers = new JsonArray();
      for (String layer : Json.strings(entry, "Layers")) {
        layers.add(descriptor(work, layer, files));
      }
      manifest.add("layers", layers);
      List<String> tags =
          Json.strings(entry, "RepoTags").stream()
              .map(t -> ImageReference.parse(t).toString())
              .toList();
      images.add(store.store(manifest, d -> Files.newInputStream(files.get(d)), tags, List.of()));
    }
    return images;
  }

  private static JsonObject descriptor(Path work, String name, Map<String, Path> files)
      throws IOException {
    Path file = work.resolve(name).normalize();
    if (!file.startsWith(work) || !Files.isRegularFile(file)) {
      throw new IOException("the archive lacks \"" + name + "\", which its manifest names");
    }
    String digest = "sha256:" + HexFormat.of().formatHex(sha256(file));
    files.put(digest, file);
    JsonObject descriptor = new JsonObject();
    descriptor.addProperty("digest", digest);
    descriptor.addProperty("size", Files.size(file));
    return descriptor;
  }

  private static byte[] sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path blob(Path work, String digest) throws IOException {
    if (!digest.matches("sha256:[a-f0-9]{64}")) {
      throw new IOException("digest \"" + digest + "\": only sha256 is understood");
    }
    return work.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
  }

  private static JsonElement read(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file));
  }
}
