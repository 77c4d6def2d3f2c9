package io.kemudi.apimachinery.kinds;

import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import io.kemudi.apimachinery.cel.CelEnvironment;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compiles expressions against the variables of their place and looks at what they would give.
/// Objects, parameters and the authorizer may have any fields here, as they have in upstream's
/// check; requests and variables have those that they have.
final class CelExpressionCheck implements ExpressionCheck {
  private static final String VARIABLES = "kubernetes.variables";
  private static final CelType TEXTS = ListType.create(SimpleType.STRING);

  private static final StructType KIND =
      texts("kubernetes.GroupVersionKind", "group", "version", "kind");
  private static final StructType RESOURCE =
      texts("kubernetes.GroupVersionResource", "group", "version", "resource");
  private static final StructType USER = user();
  private static final StructType REQUEST = request();
  private static final Map<String, StructType> REQUEST_TYPES =
      byName(KIND, RESOURCE, USER, REQUEST);

  @Override
  public @Nullable String complaint(Place place, String expression, Scope scope) {
    try {
      CelExpression compiled = environment(place, scope).compile(expression);
      return wrongType(place, CelEnvironment.typeName(compiled.type()));
    } catch (CelFailure e) {
      return e.text();
    }
  }

  private static @Nullable String wrongType(Place place, String type) {
    return switch (place) {
      case MATCH_CONDITION, POLICY_VALIDATION -> must("bool", type);
      case POLICY_MESSAGE -> must("string", type);
      case JSON_PATCH -> must("list(JSONPatch)", type);
      case APPLY_CONFIGURATION -> must("Object", type);
      case POLICY_VARIABLE -> null;
      case AUDIT_ANNOTATION ->
          type.equals("string") || type.equals("null_type") || type.equals("null")
              ? null
              : "must evaluate to one of [string null_type]";
      case DEVICE_SELECTOR ->
          type.equals("bool") || type.equals("dyn") || type.equals("any")
              ? null
              : "must evaluate to bool or the unknown type, not " + type;
    };
  }

  private static @Nullable String must(String expected, String type) {
    return type.equals(expected) ? null : "must evaluate to " + expected + " but got " + type;
  }

  private static CelEnvironment environment(Place place, Scope scope) {
    if (place == Place.DEVICE_SELECTOR) {
      return device();
    }
    CelEnvironment environment =
        CelEnvironment.empty()
            .withTypes(REQUEST_TYPES)
            .withVariable("object", SimpleType.DYN)
            .withVariable("oldObject", SimpleType.DYN)
            .withVariable("namespaceObject", SimpleType.DYN)
            .withVariable("request", REQUEST);
    if (scope.hasParams()) {
      environment = environment.withVariable("params", SimpleType.DYN);
    }
    if (place != Place.POLICY_MESSAGE) {
      environment =
          environment
              .withVariable("authorizer", SimpleType.DYN)
              .withVariable("authorizer.requestResource", SimpleType.DYN);
    }
    if (place == Place.JSON_PATCH || place == Place.APPLY_CONFIGURATION) {
      environment = environment.withConstruction();
    }
    return place == Place.MATCH_CONDITION ? environment : withVariables(environment, scope);
  }

  /// Each variable sees those before it. One that does not compile was complained about already and
  /// can be anything.
  private static CelEnvironment withVariables(CelEnvironment base, Scope scope) {
    Map<String, CelType> known = new LinkedHashMap<>();
    CelEnvironment environment = declared(base, known);
    for (Variable variable : scope.variables()) {
      CelType type = SimpleType.DYN;
      try {
        type = environment.compile(variable.expression()).type();
      } catch (CelFailure complainedAbout) {
        // See above.
      }
      known.put(variable.name(), type);
      environment = declared(base, known);
    }
    return environment;
  }

  private static CelEnvironment declared(CelEnvironment base, Map<String, CelType> variables) {
    StructType type = struct(VARIABLES, Map.copyOf(variables));
    return base.withTypes(Map.of(VARIABLES, type)).withVariable("variables", type);
  }

  private static StructType struct(String name, Map<String, CelType> fields) {
    ImmutableMap<String, CelType> types = ImmutableMap.copyOf(fields);
    return StructType.create(name, types.keySet(), field -> Optional.ofNullable(types.get(field)));
  }

  private static StructType user() {
    return struct(
        "kubernetes.UserInfo",
        Map.of(
            "username",
            SimpleType.STRING,
            "uid",
            SimpleType.STRING,
            "groups",
            TEXTS,
            "extra",
            MapType.create(SimpleType.STRING, TEXTS)));
  }

  private static StructType request() {
    return struct(
        "kubernetes.AdmissionRequest",
        Map.ofEntries(
            Map.entry("kind", KIND),
            Map.entry("resource", RESOURCE),
            Map.entry("subResource", SimpleType.STRING),
            Map.entry("requestKind", KIND),
            Map.entry("requestResource", RESOURCE),
            Map.entry("requestSubResource", SimpleType.STRING),
            Map.entry("name", SimpleType.STRING),
            Map.entry("namespace", SimpleType.STRING),
            Map.entry("operation", SimpleType.STRING),
            Map.entry("userInfo", USER),
            Map.entry("dryRun", SimpleType.BOOL),
            Map.entry("options", SimpleType.DYN)));
  }

  private static Map<String, StructType> byName(StructType... types) {
    Map<String, StructType> named = new LinkedHashMap<>();
    List.of(types).forEach(type -> named.put(type.name(), type));
    return named;
  }

  private static StructType texts(String name, String... fields) {
    Map<String, CelType> types = new LinkedHashMap<>();
    for (String field : fields) {
      types.put(field, SimpleType.STRING);
    }
    return struct(name, types);
  }

  private static CelEnvironment device() {
    CelType byDomain =
        MapType.create(SimpleType.STRING, MapType.create(SimpleType.STRING, SimpleType.DYN));
    StructType device =
        struct(
            "DRADevice",
            Map.of(
                "driver",
                SimpleType.STRING,
                "attributes",
                byDomain,
                "capacity",
                byDomain,
                "allowMultipleAllocations",
                SimpleType.BOOL));
    return CelEnvironment.empty()
        .withTypes(Map.of(device.name(), device))
        .withVariable("device", device);
  }
}
