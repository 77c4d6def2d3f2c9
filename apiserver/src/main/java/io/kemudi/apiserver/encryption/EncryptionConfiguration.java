package io.kemudi.apiserver.encryption;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apiserver.storage.Transformer;
import io.kemudi.apiserver.storage.Transformers;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which resources are encrypted, how and with which keys: upstream's `EncryptionConfiguration`
/// (`apiserver.config.k8s.io/v1`), read from a file. The first entry that names a resource decides
/// for it; resources that none names are stored in the clear.
///
/// Providers: `aesgcm`, `aescbc`, `secretbox` and `identity`; `kms` is refused.
public final class EncryptionConfiguration implements Transformers {
  private static final Set<Integer> AES_SIZES = Set.of(16, 24, 32);
  private static final int SECRETBOX_SIZE = 32;
  private static final int GENERATED_SIZE = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private record Entry(List<String> resources, List<Provider> providers) {}

  private final List<Entry> entries;

  private EncryptionConfiguration(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /// A configuration with a new key: Secrets are encrypted by AES-GCM, and read where they are not
  /// encrypted yet.
  public static String generate(SecureRandom random) {
    byte[] key = new byte[GENERATED_SIZE];
    random.nextBytes(key);
    return """
    # Made at the first start. Without this file the cluster's Secrets cannot be read: keep a copy.
    # To rotate: put a new key first, restart, write every Secret anew, then remove the old key.
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
    - resources: ["secrets"]
      providers:
      - aesgcm:
          keys:
          - name: key1
            secret: %s
      - identity: {}
    """
        .formatted(Base64.getEncoder().encodeToString(key));
  }

  /// @throws IllegalArgumentException saying what is wrong and where, without a part of a key
  public static EncryptionConfiguration parse(byte[] yaml) {
    Map<String, @Nullable Object> tree;
    try {
      tree = Trees.object(Yaml.parse(yaml).value(), "");
    } catch (CodecException e) {
      // The parser's sentence may quote the line, and the line may be a key.
      throw new IllegalArgumentException("it is not well-formed YAML");
    }
    requireKnown(tree, "", Set.of("apiVersion", "kind", "resources"));
    if (!"apiserver.config.k8s.io/v1".equals(tree.get("apiVersion"))
        || !"EncryptionConfiguration".equals(tree.get("kind"))) {
      throw new IllegalArgumentException(
          "it is not an EncryptionConfiguration of apiserver.config.k8s.io/v1");
    }
    List<Entry> entries = new ArrayList<>();
    for (Located item : items(tree, "resources", "")) {
      requireKnown(item.tree, item.path, Set.of("resources", "providers"));
      entries.add(new Entry(resources(item), providers(item)));
    }
    return new EncryptionConfiguration(entries);
  }

  @Override
  public Transformer of(String qualifiedResource) {
    for (Entry entry : entries) {
      if (entry.resources.stream().anyMatch(pattern -> matches(pattern, qualifiedResource))) {
        return new EncryptingTransformer(qualifiedResource, entry.providers);
      }
    }
    return Transformer.IDENTITY;
  }

  /// `*.*` is everything, `*.apps` a group, `*.` the core group.
  private static boolean matches(String pattern, String resource) {
    int dot = resource.indexOf('.');
    String group = dot < 0 ? "" : resource.substring(dot + 1);
    return pattern.equals("*.*")
        || pattern.equals(resource)
        || (pattern.startsWith("*.") && pattern.substring(2).equals(group));
  }

  // ---- reading ----

  private record Located(Map<String, @Nullable Object> tree, String path) {}

  private static List<Located> items(
      Map<String, @Nullable Object> tree, String field, String path) {
    List<@Nullable Object> list = Trees.listOrNull(tree.get(field));
    if (list == null || list.isEmpty()) {
      throw new IllegalArgumentException(
          path + field + ": a list with at least one entry is needed");
    }
    List<Located> items = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String at = path + field + "[" + i + "].";
      Map<String, @Nullable Object> item = Trees.objectOrNull(list.get(i));
      if (item == null) {
        throw new IllegalArgumentException(path + field + "[" + i + "]: an object is needed");
      }
      items.add(new Located(item, at));
    }
    return items;
  }

  private static void requireKnown(
      Map<String, @Nullable Object> tree, String path, Set<String> known) {
    for (String field : tree.keySet()) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(path + field + ": unknown field");
      }
    }
  }

  private static List<String> resources(Located entry) {
    List<@Nullable Object> list = Trees.listOrNull(entry.tree.get("resources"));
    if (list == null || list.isEmpty()) {
      throw new IllegalArgumentException(
          entry.path + "resources: at least one resource is needed, such as secrets");
    }
    List<String> names = new ArrayList<>();
    for (Object each : list) {
      if (!(each instanceof String name) || name.isEmpty() || name.equals("*")) {
        throw new IllegalArgumentException(
            entry.path
                + "resources: "
                + each
                + " is no resource: use secrets, deployments.apps,"
                + " *.apps, *. (the core group) or *.*");
      }
      names.add(name);
    }
    return names;
  }

  private static List<Provider> providers(Located entry) {
    List<Provider> providers = new ArrayList<>();
    for (Located item : items(entry.tree, "providers", entry.path)) {
      if (item.tree.size() != 1) {
        throw new IllegalArgumentException(
            item.path.substring(0, item.path.length() - 1) + ": exactly one provider is needed");
      }
      String type = item.tree.keySet().iterator().next();
      Map<String, @Nullable Object> settings = Trees.objectOrNull(item.tree.get(type));
      Located located = new Located(settings == null ? Map.of() : settings, item.path + type + ".");
      switch (type) {
        case "identity" -> {
          requireKnown(located.tree, located.path, Set.of());
          providers.add(new Provider.Identity());
        }
        case "aesgcm", "aescbc", "secretbox" -> providers.addAll(keyed(type, located));
        case "kms" ->
            throw new IllegalArgumentException(
                item.path + "kms: not supported: use aesgcm, aescbc, secretbox or identity");
        default ->
            throw new IllegalArgumentException(
                item.path + type + ": unknown provider: use aesgcm, aescbc, secretbox or identity");
      }
    }
    return providers;
  }

  private static List<Provider> keyed(String type, Located settings) {
    requireKnown(settings.tree, settings.path, Set.of("keys"));
    List<Provider> providers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Located item : items(settings.tree, "keys", settings.path)) {
      requireKnown(item.tree, item.path, Set.of("name", "secret"));
      String name = Trees.string(item.tree, "name");
      if (name.isEmpty() || name.indexOf(':') >= 0) {
        throw new IllegalArgumentException(item.path + "name: a name without a colon is needed");
      }
      if (!names.add(name)) {
        throw new IllegalArgumentException(item.path + "name: \"" + name + "\" is there twice");
      }
      byte[] key = key(type, item);
      providers.add(
          new Provider.Keyed(
              type,
              name,
              switch (type) {
                case "aesgcm" -> new AesGcm(key, RANDOM);
                case "aescbc" -> new AesCbc(key, RANDOM);
                default -> new Secretbox(key, RANDOM);
              }));
    }
    return providers;
  }

  private static byte[] key(String type, Located item) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(Trees.string(item.tree, "secret"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(item.path + "secret: it is not base64");
    }
    boolean secretbox = type.equals("secretbox");
    if (secretbox ? key.length != SECRETBOX_SIZE : !AES_SIZES.contains(key.length)) {
      throw new IllegalArgumentException(
          item.path
              + "secret: "
              + key.length
              + " bytes: "
              + type
              + " takes "
              + (secretbox ? "32" : "16, 24 or 32"));
    }
    return key;
  }
}
