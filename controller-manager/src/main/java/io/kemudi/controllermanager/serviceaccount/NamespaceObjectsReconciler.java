package io.kemudi.controllermanager.serviceaccount;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ObjectKey;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.apimachinery.resource.ResourceTypes;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.client.controller.Reconciler;
import io.kemudi.client.informer.Informer;
import io.kemudi.kubernetes.core.v1.ConfigMap;
import io.kemudi.kubernetes.core.v1.Namespace;
import io.kemudi.kubernetes.core.v1.ServiceAccount;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;

/// Sees to it that every namespace has its ServiceAccount `default` and the ConfigMap
/// `kube-root-ca.crt`, whose content it keeps. The key is a namespace's.
public final class NamespaceObjectsReconciler implements Reconciler<ObjectKey> {
  public static final String ROOT_CA = "kube-root-ca.crt";
  public static final String DEFAULT_ACCOUNT = "default";

  private final ApiClient accountClient;
  private final ApiClient rootCaClient;
  private final Informer<Namespace> namespaces;
  private final Informer<ServiceAccount> accounts;
  private final Informer<ConfigMap> rootCas;
  private final String caPem;

  /// `rootCas` may be limited to objects named [#ROOT_CA].
  public NamespaceObjectsReconciler(
      ApiClient accountClient,
      ApiClient rootCaClient,
      Informer<Namespace> namespaces,
      Informer<ServiceAccount> accounts,
      Informer<ConfigMap> rootCas,
      String caPem) {
    this.accountClient = accountClient;
    this.rootCaClient = rootCaClient;
    this.namespaces = namespaces;
    this.accounts = accounts;
    this.rootCas = rootCas;
    this.caPem = caPem;
  }

  @Override
  public Result reconcile(ObjectKey key) {
    Namespace namespace = namespaces.lister().get(key);
    if (namespace == null || !namespace.getStatus().getPhase().equals("Active")) {
      return Result.DONE;
    }
    if (accounts.lister().get(key.name(), DEFAULT_ACCOUNT) == null) {
      create(
          accountClient,
          ResourceTypes.SERVICE_ACCOUNTS,
          ServiceAccount.newBuilder().setMetadata(meta(key.name(), DEFAULT_ACCOUNT)).build());
    }
    ConfigMap wanted = rootCa(key.name());
    ConfigMap present = rootCas.lister().get(key.name(), ROOT_CA);
    if (present == null) {
      create(rootCaClient, ResourceTypes.CONFIG_MAPS, wanted);
    } else if (!present.getDataMap().equals(wanted.getDataMap())) {
      rootCaClient.update(
          ResourceTypes.CONFIG_MAPS,
          present.toBuilder().clearData().putAllData(wanted.getDataMap()).build(),
          WriteOptions.NONE);
    }
    return Result.DONE;
  }

  private ConfigMap rootCa(String namespace) {
    return ConfigMap.newBuilder()
        .setMetadata(
            meta(namespace, ROOT_CA).toBuilder()
                .putAnnotations(
                    "kubernetes.io/description",
                    "Contains a CA bundle that can be used to verify the kube-apiserver when using"
                        + " internal endpoints such as the internal service IP or"
                        + " kubernetes.default.svc. No other usage is guaranteed across"
                        + " distributions of Kubernetes clusters."))
        .putData("ca.crt", caPem)
        .build();
  }

  private static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.newBuilder().setNamespace(namespace).setName(name).build();
  }

  /// An object that appeared meanwhile is as good; a namespace that is going needs none.
  private static <T extends Message> void create(ApiClient client, ResourceType<T> type, T object) {
    try {
      client.create(type, object, WriteOptions.NONE);
    } catch (ApiException e) {
      if (!e.is(StatusReason.ALREADY_EXISTS)
          && !e.is(StatusReason.FORBIDDEN)
          && !e.is(StatusReason.NOT_FOUND)) {
        throw e;
      }
    }
  }
}
