package io.kemudi.nodeagent.embedded.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Builds small images in memory.
public final class TestImages {
  /// A tar file in the making.
  public static final class Tar {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream out = new TarArchiveOutputStream(bytes);

    public Tar() {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    }

    public Tar file(String name, byte[] content, int mode) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setSize(content.length);
      entry.setMode(mode);
      return add(entry, content);
    }

    public Tar file(String name, String content) throws IOException {
      return file(name, content.getBytes(StandardCharsets.UTF_8), 0644);
    }

    public Tar folder(String name) throws IOException {
      return add(new TarArchiveEntry(name + "/", true), new byte[0]);
    }

    public Tar link(String name, String target) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
      entry.setLinkName(target);
      return add(entry, new byte[0]);
    }

    public Tar hardLink(String name, String target) throws IOException {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_LINK, true);
      entry.setLinkName(target);
      return add(entry, new byte[0]);
    }

    private Tar add(TarArchiveEntry entry, byte[] content) throws IOException {
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
      return this;
    }

    public byte[] bytes() throws IOException {
      out.close();
      return bytes.toByteArray();
    }
  }

  /// An image: its manifest and every blob by digest.
  public record Built(byte[] manifest, Map<String, byte[]> blobs) {
    public String digest() {
      return ImageStore.digest(manifest);
    }

    /// As an OCI layout in a tar file.
    public byte[] archive(String name) throws IOException {
      JsonObject entry = descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
      JsonObject annotations = new JsonObject();
      annotations.addProperty("io.containerd.image.name", name);
      entry.add("annotations", annotations);
      JsonArray manifests = new JsonArray();
      manifests.add(entry);
      JsonObject index = new JsonObject();
      index.addProperty("schemaVersion", 2);
      index.add("manifests", manifests);
      Tar tar = new Tar().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
      tar.file("index.json", index.toString());
      for (Map.Entry<String, byte[]> blob : blobs.entrySet()) {
        tar.file("blobs/sha256/" + blob.getKey().substring(7), blob.getValue(), 0644);
      }
      return tar.bytes();
    }
  }

  private TestImages() {}

  /// @param layers lowest first
  public static Built image(List<String> command, List<byte[]> layers) throws IOException {
    Map<String, byte[]> blobs = new LinkedHashMap<>();
    JsonArray diffs = new JsonArray();
    JsonArray entries = new JsonArray();
    for (byte[] layer : layers) {
      diffs.add(ImageStore.digest(layer));
      ByteArrayOutputStream zipped = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
        gzip.write(layer);
      }
      byte[] bytes = zipped.toByteArray();
      blobs.put(ImageStore.digest(bytes), bytes);
      entries.add(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", bytes));
    }
    JsonArray args = new JsonArray();
    command.forEach(args::add);
    JsonObject run = new JsonObject();
    run.add("Entrypoint", args);
    JsonArray env = new JsonArray();
    env.add("PATH=/bin");
    env.add("FROM=image");
    run.add("Env", env);
    JsonObject rootfs = new JsonObject();
    rootfs.addProperty("type", "layers");
    rootfs.add("diff_ids", diffs);
    JsonObject config = new JsonObject();
    config.addProperty("os", "linux");
    config.add("config", run);
    config.add("rootfs", rootfs);
    byte[] configBytes = config.toString().getBytes(StandardCharsets.UTF_8);
    blobs.put(ImageStore.digest(configBytes), configBytes);
    JsonObject manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.add("config", descriptor("application/vnd.oci.image.config.v1+json", configBytes));
    manifest.add("layers", entries);
    byte[] manifestBytes = manifest.toString().getBytes(StandardCharsets.UTF_8);
    blobs.put(ImageStore.digest(manifestBytes), manifestBytes);
    return new Built(manifestBytes, blobs);
  }

  private static JsonObject descriptor(String type, byte[] content) {
    JsonObject descriptor = new JsonObject();
    descriptor.addProperty("mediaType", type);
    descriptor.addProperty("digest", ImageStore.digest(content));
    descriptor.addProperty("size", content.length);
    return descriptor;
  }
}
