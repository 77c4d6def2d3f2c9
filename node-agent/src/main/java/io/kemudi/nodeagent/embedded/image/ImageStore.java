package io.kemudi.nodeagent.embedded.image;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.kemudi.nodeagent.embedded.image.RegistryClient.Credentials;
import io.kemudi.nodeagent.embedded.image.StoredImage.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The images of this node: `ROOT/images/ID.json` tells each, `ROOT/layers/CHAIN/` holds each layer
/// unpacked, shared by all images that have the same layers below it. Thread-safe; two pulls of the
/// same layer do its work twice and keep one.
///
/// Archives (OCI layout or `docker save`, tar) put into `ROOT/archives` are imported at the start
/// and when an image is asked for that is not here.
public final class ImageStore {
  private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
  // 128 bits still name a layer for certain; short names let more layers into one mount call.
  private static final int FOLDER_LENGTH = 32;
  private static final int MAX_CONFIG_BYTES = 4 << 20;

  /// Where the blobs of one image come from.
  interface Source {
    InputStream blob(String digest) throws IOException;
  }

  private final Path root;
  private final Map<String, StoredImage> images = new ConcurrentHashMap<>();
  private final Set<String> hostTags = ConcurrentHashMap.newKeySet();
  private final Set<String> importedArchives = ConcurrentHashMap.newKeySet();

  public ImageStore(Path root) throws IOException {
    this.root = root;
    for (String folder : List.of("images", "layers", "archives", "tmp")) {
      Files.createDirectories(root.resolve(folder));
    }
    LayerUnpacker.deleteTree(root.resolve("tmp")); // what a crash left half done
    Files.createDirectories(root.resolve("tmp"));
    hostTags.add(HostImage.NAME + ":latest");
    try (Stream<Path> files = Files.list(root.resolve("images"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        StoredImage image =
            StoredImage.fromJson(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
        images.put(image.id(), image);
      }
    }
    importNewArchives();
  }

  public List<StoredImage> list() {
    List<StoredImage> all = new ArrayList<>(new TreeMap<>(images).values());
    all.add(HostImage.image(List.copyOf(hostTags)));
    return all;
  }

  /// The image of that id, tag or digest, if it is on this node.
  public Optional<StoredImage> find(String name) {
    Optional<StoredImage> found = lookUp(name);
    return found.isEmpty() && importNewArchives() ? lookUp(name) : found;
  }

  private Optional<StoredImage> lookUp(String name) {
    String id = name.matches("[a-f0-9]{64}") ? "sha256:" + name : name;
    if (id.equals(HostImage.ID)) {
      return Optional.of(HostImage.image(List.copyOf(hostTags)));
    }
    if (images.containsKey(id)) {
      return Optional.of(images.get(id));
    }
    if (id.startsWith("sha256:")) {
      return Optional.empty();
    }
    ImageReference reference = ImageReference.parse(name);
    if (HostImage.isNamed(reference)) {
      hostTags.add(reference.toString());
      return Optional.of(HostImage.image(List.copyOf(hostTags)));
    }
    String digested = reference.name() + "@" + reference.digest();
    return images.values().stream()
        .filter(i -> i.tags().contains(reference.toString()) || i.digests().contains(digested))
        .findFirst();
  }

  /// Folders of the image's layers, highest first; the machine's own root for the host image.
  public List<Path> layerFolders(StoredImage image) {
    if (image.isHost()) {
      return List.of(Path.of("/"));
    }
    return image.layers().reversed().stream().map(l -> root.resolve("layers").resolve(l)).toList();
  }

  public StoredImage pull(String name, String username, String password, String token)
      throws IOException {
    ImageReference reference = ImageReference.parse(name);
    if (HostImage.isNamed(reference)) {
      return find(name).orElseThrow();
    }
    try (RegistryClient registry =
        new RegistryClient(reference, new Credentials(username, password, token))) {
      byte[] manifest = registry.manifest(reference.manifest());
      if (!reference.digest().isEmpty()) {
        verify(reference.digest(), manifest);
      }
      String topDigest = digest(manifest);
      JsonObject json = JsonParser.parseString(text(manifest)).getAsJsonObject();
      if (json.has("manifests")) {
        String chosen =
            RegistryClient.ofThisPlatform(json)
                .orElseThrow(() ->
                    new IOException(
                        name + ": no image for linux/" + RegistryClient.architecture()));
        byte[] inner = registry.manifest(chosen);
        verify(chosen, inner);
        json = JsonParser.parseString(text(inner)).getAsJsonObject();
      }
      List<String> tags = reference.tag().isEmpty() ? List.of() : List.of(withoutDigest(reference));
      return store(json, registry::blob, tags, List.of(reference.name() + "@" + topDigest));
    }
  }

  private static String withoutDigest(ImageReference r) {
    return r.name() + ":" + r.tag();
  }

  /// The folder that holds every layer.
  public Path layersFolder() {
    return root.resolve("layers");
  }

  /// Imports every image of an archive file.
  public List<StoredImage> importArchive(Path archive) throws IOException {
    return ImageArchive.importAll(
        archive, Files.createTempDirectory(root.resolve("tmp"), "a"), this);
  }

  private boolean importNewArchives() {
    boolean imported = false;
    try (Stream<Path> files = Files.list(root.resolve("archives"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().contains(".tar")).toList()) {
        String version = file + "@" + Files.size(file) + "@" + Files.getLastModifiedTime(file);
        if (importedArchives.add(version)) {
          try {
            importArchive(file);
            imported = true;
          } catch (IOException | RuntimeException e) {
            LOG.warn("archive {} is not imported: {}", file, e.toString());
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot read {}: {}", root.resolve("archives"), e.toString());
    }
    return imported;
  }

  /// Unpacks the layers that are missing and records the image under its names.
  StoredImage store(JsonObject manifest, Source source, List<String> tags, List<String> digests)
      throws IOException {
    JsonObject configEntry = Json.object(manifest, "config");
    String id = Json.string(configEntry, "digest");
    byte[] configBytes;
    try (InputStream in = source.blob(id)) {
      configBytes = in.readNBytes(MAX_CONFIG_BYTES);
    }
    verify(id, configBytes);
    JsonObject config = JsonParser.parseString(text(configBytes)).getAsJsonObject();
    List<String> diffs = Json.strings(Json.object(config, "rootfs"), "diff_ids");
    List<JsonElement> blobs = Json.elements(manifest, "layers");
    if (diffs.size() != blobs.size()) {
      throw new IOException(
          "image " + id + " tells " + diffs.size() + " layers, its manifest " + blobs.size());
    }
    long size = configBytes.length;
    List<String> chains = new ArrayList<>();
    String chain = "";
    for (int i = 0; i < diffs.size(); i++) {
      JsonObject blob = blobs.get(i).getAsJsonObject();
      // The name of a layer together with all below it, as the image specification defines it.
      chain =
          chain.isEmpty()
              ? diffs.get(i)
              : digest((chain + " " + diffs.get(i)).getBytes(StandardCharsets.UTF_8));
      String folder = chain.substring("sha256:".length()).substring(0, FOLDER_LENGTH);
      unpackIfMissing(folder, chains, source, Json.string(blob, "digest"));
      chains.add(folder);
      size += blob.has("size") ? blob.get("size").getAsLong() : 0;
    }
    return record(
        new StoredImage(id, tags, digests, size, chains, StoredImage.Defaults.of(config)));
  }

  private void unpackIfMissing(String folder, List<String> below, Source source, String digest)
      throws IOException {
    Path target = root.resolve("layers").resolve(folder);
    if (Files.isDirectory(target)) {
      return;
    }
    Path blob = Files.createTempFile(root.resolve("tmp"), "blob", "");
    Path unpacked = Files.createTempDirectory(root.resolve("tmp"), "layer");
    try {
      download(source, digest, blob);
      List<Path> lowers =
          below.reversed().stream().map(l -> root.resolve("layers").resolve(l)).toList();
      Files.setAttribute(unpacked, "unix:mode", 0755);
      try (InputStream in = Files.newInputStream(blob)) {
        new LayerUnpacker(unpacked, lowers).unpack(in);
      }
      if (!Files.isDirectory(target)) {
        Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } finally {
      Files.deleteIfExists(blob);
      LayerUnpacker.deleteTree(unpacked);
    }
  }

  private static void download(Source source, String digest, Path to) throws IOException {
    MessageDigest sha = sha256();
    try (InputStream in = new DigestInputStream(source.blob(digest), sha);
        OutputStream out = Files.newOutputStream(to)) {
      in.transferTo(out);
    }
    String got = "sha256:" + HexFormat.of().formatHex(sha.digest());
    if (!got.equals(digest)) {
      throw new IOException("blob " + digest + " arrived as " + got + ": refused");
    }
  }

  /// Merges names with what is known of the image, and takes its tags from any other image.
  private synchronized StoredImage record(StoredImage image) throws IOException {
    for (StoredImage other : List.copyOf(images.values())) {
      List<String> kept = other.tags().stream().filter(t -> !image.tags().contains(t)).toList();
      if (!other.id().equals(image.id()) && kept.size() < other.tags().size()) {
        write(other.withNames(kept, other.digests()));
      }
    }
    StoredImage known = images.getOrDefault(image.id(), image);
    Set<String> tags = new LinkedHashSet<>(known.tags());
    tags.addAll(image.tags());
    Set<String> digests = new LinkedHashSet<>(known.digests());
    digests.addAll(image.digests());
    return write(image.withNames(List.copyOf(tags), List.copyOf(digests)));
  }

  private StoredImage write(StoredImage image) throws IOException {
    Path file = file(image.id());
    Path next = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(next, image.toJson().toString());
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    images.put(image.id(), image);
    return image;
  }

  private Path file(String id) {
    return root.resolve("images").resolve(id.substring("sha256:".length()) + ".json");
  }

  /// Forgets an image and deletes the layers that neither another image nor `layersInUse` needs.
  /// Idempotent.
  public synchronized void remove(String name, Set<String> layersInUse) throws IOException {
    Optional<StoredImage> found = lookUp(name);
    if (found.isEmpty() || found.get().isHost()) {
      return;
    }
    StoredImage image = found.get();
    images.remove(image.id());
    Files.deleteIfExists(file(image.id()));
    Set<String> needed = new HashSet<>(layersInUse);
    images.values().forEach(i -> needed.addAll(i.layers()));
    for (String layer : image.layers()) {
      if (!needed.contains(layer)) {
        LayerUnpacker.deleteTree(root.resolve("layers").resolve(layer));
      }
    }
  }

  static void verify(String digest, byte[] bytes) throws IOException {
    String got = digest(bytes);
    if (!got.equals(digest)) {
      throw new IOException("content of " + digest + " has the digest " + got + ": refused");
    }
  }

  static String digest(byte[] bytes) {
    return "sha256:" + HexFormat.of().formatHex(sha256().digest(bytes));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
