package io.kemudi.apimachinery.kinds;

import io.kemudi.kubernetes.core.v1.ServiceAccount;
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
}
