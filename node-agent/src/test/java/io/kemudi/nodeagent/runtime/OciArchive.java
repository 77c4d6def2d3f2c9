package io.kemudi.nodeagent.runtime;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// A small image made of one static busybox, as an OCI archive: what registries cannot give here.
public final class OciArchive {
  private static final List<String> APPLETS =
      List.of(
          "sh",
          "sleep",
          "cat",
          "echo",
          "ls",
          "true",
          "false",
          "id",
          "env",
          "nc",
          "date",
          "dd",
          "head",
          "tail",
          "touch",
          "mkdir",
          "rm",
          "chmod",
          "kill",
          "ps",
          "hostname",
          "test",
          "printf",
          "seq",
          "yes",
          "wc",
          "stty",
          "readlink",
          "grep",
          "trap");

  private OciArchive() {}

  /// Writes an archive of the image `reference`, whose command is `/bin/sleep 100000`.
  public static Path write(Path file, String reference) throws IOException {
    byte[] layer = layer();
    var blobs = new LinkedHashMap<String, byte[]>();
    String layerDigest = put(blobs, layer);
    String config =
        """
        {"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"WorkingDir":"/",\
        "Cmd":["/bin/sleep","100000"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}\
        """
            .formatted(layerDigest);
    byte[] configBytes = config.getBytes(StandardCharsets.UTF_8);
    String configDigest = put(blobs, configBytes);
    String manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%d},\
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%d}]}\
        """
            .formatted(configDigest, configBytes.length, layerDigest, layer.length);
    byte[] manifestBytes = manifest.getBytes(StandardCharsets.UTF_8);
    String manifestDigest = put(blobs, manifestBytes);
    String index =
        """
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "digest":"sha256:%s","size":%d,"annotations":{"io.containerd.image.name":"%s",\
        "org.opencontainers.image.ref.name":"%s"}}]}\
        """
            .formatted(
                manifestDigest,
                manifestBytes.length,
                reference,
                reference.substring(reference.lastIndexOf(':') + 1));
    try (OutputStream out = Files.newOutputStream(file);
        var tar = new TarArchiveOutputStream(out)) {
      add(
          tar,
          "oci-layout",
          "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8),
          0644);
      add(tar, "index.json", index.getBytes(StandardCharsets.UTF_8), 0644);
      for (Map.Entry<String, byte[]> blob : blobs.entrySet()) {
        add(tar, "blobs/sha256/" + blob.getKey(), blob.getValue(), 0644);
      }
    }
    return file;
  }

  private static byte[] layer() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes)) {
      for (String dir : List.of("bin/", "etc/", "tmp/", "proc/", "sys/", "dev/")) {
        var entry = new TarArchiveEntry(dir);
        entry.setMode(dir.equals("tmp/") ? 041777 : 040755);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
      add(tar, "bin/busybox", Files.readAllBytes(Path.of("/bin/busybox")), 0755);
      add(tar, "etc/passwd", "root:x:0:0::/:/bin/sh\n".getBytes(StandardCharsets.UTF_8), 0644);
      for (String applet : APPLETS) {
        var link = new TarArchiveEntry("bin/" + applet, TarConstants.LF_SYMLINK);
        link.setLinkName("busybox");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static void add(TarArchiveOutputStream tar, String name, byte[] data, int mode)
      throws IOException {
    var entry = new TarArchiveEntry(name);
    entry.setSize(data.length);
    entry.setMode(0100000 | mode);
    tar.putArchiveEntry(entry);
    new ByteArrayInputStream(data).transferTo(tar);
    tar.closeArchiveEntry();
  }

  private static String put(Map<String, byte[]> blobs, byte[] data) {
    try {
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
      blobs.put(digest, data);
      return digest;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
