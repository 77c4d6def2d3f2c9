package io.kemudi.apiserver.admission.match;

import dev.cel.common.types.SimpleType;
import io.kemudi.apimachinery.cel.CelEnvironment;
import io.kemudi.apimachinery.cel.CelExpression;
import io.kemudi.apimachinery.cel.CelFailure;
import io.kemudi.apimachinery.cel.CelValues;
import io.kemudi.apimachinery.cel.library.CelAuthorizer;
import io.kemudi.apimachinery.cel.library.CelLibraries;
import io.kemudi.apiserver.admission.AdmissionRequest;
import io.kemudi.apiserver.registry.Target;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The variables that expressions about a request read.
public final class Expressions {
  /// Match conditions of webhooks.
  public static final CelEnvironment WEBHOOK = base();

  /// Everything in policies; those that construct objects have [#MUTATION].
  public static final CelEnvironment POLICY =
      base().withVariable("params", SimpleType.DYN).withVariable("namespaceObject", SimpleType.DYN);

  public static final CelEnvironment MUTATION = POLICY.withConstruction();

  private Expressions() {}

  private static CelEnvironment base() {
    return CelEnvironment.empty()
        .withVariable("object", SimpleType.DYN)
        .withVariable("oldObject", SimpleType.DYN)
        .withVariable("request", SimpleType.DYN)
        .withVariable("authorizer", CelLibraries.AUTHORIZER)
        .withVariable("authorizer.requestResource", CelLibraries.RESOURCE_CHECK);
  }

  /// What a compiled expression or the reason why there is none stands for.
  public record Compiled(String text, @Nullable CelExpression expression, String problem) {
    public static Compiled of(CelEnvironment environment, String text) {
      try {
        return new Compiled(text, environment.compile(text), "");
      } catch (CelFailure e) {
        return new Compiled(text, null, e.text());
      }
    }

    /// @throws CelFailure when it did not compile
    public CelExpression need() {
      if (expression == null) {
        throw new CelFailure(CelFailure.Cause.COMPILATION, problem);
      }
      return expression;
    }
  }

  /// The values of what all of these know.
  public static Map<String, Object> values(SeenRequest seen) {
    AdmissionRequest request = seen.request();
    Map<String, @Nullable Object> about = new LinkedHashMap<>(seen.about());
    about.put("dryRun", request.dryRun());
    about.put("options", request.options().isEmpty() ? null : request.options());
    CelAuthorizer authorizer = new RequestAuthorizer(request.context());
    Map<String, Object> values = new HashMap<>();
    values.put("object", CelValues.of(seen.object()));
    values.put("oldObject", CelValues.of(seen.old()));
    values.put("request", CelValues.of(about));
    values.put("authorizer", authorizer);
    values.put(
        "authorizer.requestResource", CelLibraries.resourceCheck(authorizer, question(seen)));
    return values;
  }

  private static CelAuthorizer.Question question(SeenRequest seen) {
    Target target = seen.request().target();
    return new CelAuthorizer.Question(
        "",
        target.row().group(),
        target.row().resource(),
        target.subresource(),
        seen.namespace(),
        target.name(),
        "",
        "",
        "");
  }
}
