package io.kemudi.apimachinery.quota;

import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.ScopedResourceSelectorRequirement;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A claim: itself and the storage it asks for, in all and by storage class.
public record VolumeClaimItem(PersistentVolumeClaim claim) implements QuotaItem {
  private static final String CLAIMS = "persistentvolumeclaims";
  private static final String STORAGE = "requests.storage";
  private static final String COUNT = "count/persistentvolumeclaims";
  private static final String BY_CLASS = ".storageclass.storage.k8s.io/";

  /// Where claims named their class before there was a field.
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

  @Override
  public boolean tracks(String name) {
    return name.equals(COUNT)
        || name.equals(CLAIMS)
        || name.equals(STORAGE)
        || name.endsWith(BY_CLASS + CLAIMS)
        || name.endsWith(BY_CLASS + STORAGE);
  }

  @Override
  public boolean matches(ScopedResourceSelectorRequirement scope) {
    return scope.getScopeName().equals("VolumeAttributesClass")
        && ScopeSelectors.matchesAny(scope, attributesClasses());
  }

  /// The wanted class, the present one, and the one a change is under way to.
  private Set<String> attributesClasses() {
    Set<String> names = new TreeSet<>();
    names.add(claim.getSpec().getVolumeAttributesClassName());
    names.add(claim.getStatus().getCurrentVolumeAttributesClassName());
    names.add(claim.getStatus().getModifyVolumeStatus().getTargetVolumeAttributesClassName());
    names.remove("");
    return names;
  }

  @Override
  public Map<String, Quantity> usage() {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put(CLAIMS, CountedItem.ONE);
    usage.put(COUNT, CountedItem.ONE);
    String storageClass = storageClass();
    if (!storageClass.isEmpty()) {
      usage.put(storageClass + BY_CLASS + CLAIMS, CountedItem.ONE);
    }
    Quantity storage = storage();
    if (storage != null) {
      usage.put(STORAGE, storage);
      if (!storageClass.isEmpty()) {
        usage.put(storageClass + BY_CLASS + STORAGE, storage);
      }
    }
    return usage;
  }

  private String storageClass() {
    String named = claim.getMetadata().getAnnotationsMap().get(CLASS_ANNOTATION);
    return named != null ? named : claim.getSpec().getStorageClassName();
  }

  /// What is asked for, or what was given while a larger wish was withdrawn. In whole bytes.
  private @Nullable Quantity storage() {
    Quantity wanted = Amounts.of(claim.getSpec().getResources().getRequestsMap()).get("storage");
    Quantity given = Amounts.of(claim.getStatus().getAllocatedResourcesMap()).get("storage");
    if (wanted == null) {
      return null;
    }
    return (given == null ? wanted : wanted.max(given)).roundedUpTo(0);
  }
}
