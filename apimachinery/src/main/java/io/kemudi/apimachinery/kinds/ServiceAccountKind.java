package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// ServiceAccount: of the secrets it names only the names count.
final class ServiceAccountKind extends BuiltInKind<ServiceAccount> {
  ServiceAccountKind() {
    super("", "ServiceAccount", ServiceAccount.getDefaultInstance(), ServiceAccount::getMetadata);
  }

  @Override
  public void prepareForCreate(Map<String, @Nullable Object> tree) {
    keepNamesOfSecrets(tree);
  }

  @Override
  public void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource) {
    keepNamesOfSecrets(tree);
  }

  private static void keepNamesOfSecrets(Map<String, @Nullable Object> tree) {
    for (Map<String, @Nullable Object> secret : Tree.maps(tree, "secrets")) {
      secret.keySet().retainAll(java.util.Set.of("name"));
    }
  }

  @Override
  public List<String> warnings(Message object, @Nullable Message old) {
    String key = "kubernetes.io/enforce-mountable-secrets";
    return metadata(object).containsAnnotations(key)
        ? List.of(
            "metadata.annotations["
                + key
                + "]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted"
                + " secrets")
        : List.of();
  }
}
