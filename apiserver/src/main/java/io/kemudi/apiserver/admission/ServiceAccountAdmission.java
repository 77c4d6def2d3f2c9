package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apiserver.registry.ObjectReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Every pod runs as a service account of its namespace, `default` if it names none, and finds a
/// token, the cluster's CA and its namespace under a well-known path.
final class ServiceAccountAdmission implements AdmissionPlugin {
  private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  /// One hour and seven seconds: upstream's mark of tokens that the admission asked for.
  private static final long EXPIRATION_SECONDS = 3607;

  private final ObjectReader objects;
  private final RandomGenerator random;

  ServiceAccountAdmission(ObjectReader objects, RandomGenerator random) {
    this.objects = objects;
    this.random = random;
  }

  @Override
  public String name() {
    return "ServiceAccount";
  }

  @Override
  public void admit(AdmissionRequest request) {
    if (!request.isCreateOf("", "pods") || isMirror(request.object())) {
      return;
    }
    Map<String, @Nullable Object> spec = Trees.child(request.object(), "spec");
    String name = Trees.string(spec, "serviceAccountName");
    if (name.isEmpty()) {
      name = "default";
      spec.put("serviceAccountName", name);
      spec.put("serviceAccount", name);
    }
    Map<String, @Nullable Object> account = account(request, name);
    if (mounts(spec, account)) {
      mountToken(spec);
    }
    takeImagePullSecrets(spec, account);
  }

  /// Pods that only show what runs on a node from a file get nothing from the cluster.
  private static boolean isMirror(Map<String, @Nullable Object> pod) {
    return Trees.at(pod, "metadata", "annotations") instanceof Map<?, ?> annotations
        && annotations.containsKey(MIRROR);
  }

  private Map<String, @Nullable Object> account(AdmissionRequest request, String name) {
    String namespace = request.target().namespace();
    Map<String, @Nullable Object> account = objects.cached("serviceaccounts", namespace, name);
    if (account == null) {
      account = objects.latest("serviceaccounts", namespace, name);
    }
    if (account == null) {
      throw request.forbidden(
          "error looking up service account "
              + namespace
              + "/"
              + name
              + ": serviceaccount \""
              + name
              + "\" not found");
    }
    return account;
  }

  private static boolean mounts(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> account) {
    Object wish = spec.get("automountServiceAccountToken");
    if (wish == null) {
      wish = account.get("automountServiceAccountToken");
    }
    return !Boolean.FALSE.equals(wish);
  }

  private void mountToken(Map<String, @Nullable Object> spec) {
    List<Map<String, @Nullable Object>> lacking = new ArrayList<>();
    for (String list : List.of("initContainers", "containers")) {
      for (Map<String, @Nullable Object> container : containers(spec, list)) {
        if (!mountsPath(container)) {
          lacking.add(container);
        }
      }
    }
    if (lacking.isEmpty()) {
      return;
    }
    String volume = "kube-api-access-" + suffix();
    for (Map<String, @Nullable Object> container : lacking) {
      Map<String, Object> mount = new LinkedHashMap<>();
      mount.put("name", volume);
      mount.put("readOnly", true);
      mount.put("mountPath", MOUNT_PATH);
      append(container, "volumeMounts", mount);
    }
    append(spec, "volumes", volume(volume));
  }

  private static List<Map<String, @Nullable Object>> containers(
      Map<String, @Nullable Object> spec, String list) {
    List<Map<String, @Nullable Object>> containers = new ArrayList<>();
    if (spec.get(list) instanceof List<?> all) {
      all.forEach(each -> containers.add(Trees.object(each, list)));
    }
    return containers;
  }

  private static boolean mountsPath(Map<String, @Nullable Object> container) {
    if (container.get("volumeMounts") instanceof List<?> mounts) {
      for (Object mount : mounts) {
        if (MOUNT_PATH.equals(Trees.at(mount, "mountPath"))) {
          return true;
        }
      }
    }
    return false;
  }

  private static void append(Map<String, @Nullable Object> tree, String field, Object element) {
    List<@Nullable Object> list = new ArrayList<>();
    if (tree.get(field) instanceof List<?> known) {
      list.addAll(known);
    }
    list.add(element);
    tree.put(field, list);
  }

  private String suffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      suffix.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return suffix.toString();
  }

  private static Map<String, Object> volume(String name) {
    Map<String, Object> token = map("expirationSeconds", EXPIRATION_SECONDS, "path", "token");
    Map<String, Object> ca =
        map(
            "name",
            "kube-root-ca.crt",
            "items",
            new ArrayList<Object>(List.of(map("key", "ca.crt", "path", "ca.crt"))));
    Map<String, Object> field = map("apiVersion", "v1", "fieldPath", "metadata.namespace");
    Map<String, Object> namespace =
        map("items", new ArrayList<Object>(List.of(map("path", "namespace", "fieldRef", field))));
    List<Object> sources = new ArrayList<>();
    sources.add(map("serviceAccountToken", token));
    sources.add(map("configMap", ca));
    sources.add(map("downwardAPI", namespace));
    return map("name", name, "projected", map("sources", sources, "defaultMode", 420L));
  }

  private static Map<String, Object> map(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  private static void takeImagePullSecrets(
      Map<String, @Nullable Object> spec, Map<String, @Nullable Object> account) {
    boolean own = spec.get("imagePullSecrets") instanceof List<?> list && !list.isEmpty();
    if (!own && account.get("imagePullSecrets") instanceof List<?> secrets && !secrets.isEmpty()) {
      spec.put("imagePullSecrets", new ArrayList<Object>(secrets));
    }
  }
}
