package io.kemudi.apimachinery.apply;

import io.kemudi.apimachinery.codec.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The owners of `spec.replicas` on the way between an object and its scale, which is written as an
/// object of its own but owns nothing itself: what happens to the field there happens to the
/// object's. Upstream's rules, by which an entry that comes from a scale has no time.
public final class ScaleOwners {
  private static final String SCALE_VERSION = "autoscaling/v1";
  private static final String[] REPLICAS = {"spec", "replicas"};
  private static final FieldSet FIELD = FieldSet.of("spec.replicas");

  private ScaleOwners() {}

  /// The managedFields of the scale of an object that has these: who owns the replicas.
  public static List<@Nullable Object> ofScale(@Nullable Object managedFields) {
    var owners = new Managers();
    ManagedFields.readOrEmpty(managedFields)
        .entries()
        .forEach((key, owned) -> {
          if (owned.fields().has(REPLICAS)) {
            owners.put(
                inVersion(key, SCALE_VERSION),
                new Managers.Owned(FIELD, SCALE_VERSION, owned.time()));
          }
        });
    return owners.write();
  }

  /// The managedFields of an object after its scale came to have `ofScale`.
  ///
  /// @param apiVersion of the object, as the request names it
  /// @param served whether the object is served in a version; owners in others are forgotten
  public static List<@Nullable Object> ofObject(
      @Nullable Object managedFields,
      @Nullable Object ofScale,
      String apiVersion,
      Predicate<String> served) {
    Managers before = ManagedFields.readOrEmpty(managedFields);
    Map<Managers.Key, Managers.Owned> scale =
        new LinkedHashMap<>(ManagedFields.readOrEmpty(ofScale).entries());
    var after = new Managers();
    before
        .entries()
        .forEach((key, owned) -> {
          if (!served.test(owned.apiVersion())) {
            return;
          }
          boolean had = owned.fields().has(REPLICAS);
          boolean has = scale.remove(inVersion(key, SCALE_VERSION)) != null;
          after.put(key, had && !has ? owned.with(owned.fields().difference(FIELD)) : owned);
        });
    scale.forEach((key, owned) -> {
      if (!owned.fields().isEmpty()) {
        after.put(inVersion(key, apiVersion), new Managers.Owned(FIELD, apiVersion, null));
      }
    });
    return after.write();
  }

  private static Managers.Key inVersion(Managers.Key key, String apiVersion) {
    return new Managers.Key(
        key.manager(), key.operation(), key.applies() ? "" : apiVersion, key.subresource());
  }

  /// Puts managedFields into an object, or takes them out when there are none.
  public static void put(
      Map<String, @Nullable Object> object, List<@Nullable Object> managedFields) {
    Map<String, @Nullable Object> metadata = Trees.child(object, "metadata");
    if (managedFields.isEmpty()) {
      metadata.remove("managedFields");
    } else {
      metadata.put("managedFields", new ArrayList<>(managedFields));
    }
  }
}
