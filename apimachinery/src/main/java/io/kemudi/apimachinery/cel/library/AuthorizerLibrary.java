package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kemudi.apimachinery.validation.Names;
import java.util.List;

/// `authorizer.group(...).resource(...).check(...)` and `authorizer.path(...).check(...)`.
final class AuthorizerLibrary {
  private static final CelType STRING = SimpleType.STRING;

  record PathCheck(CelAuthorizer authorizer, String path) {}

  record GroupCheck(CelAuthorizer authorizer, String group) {}

  record ResourceCheck(CelAuthorizer authorizer, CelAuthorizer.Question question) {
    ResourceCheck with(
        String subresource, String namespace, String name, String fields, String labels) {
      return new ResourceCheck(
          authorizer,
          new CelAuthorizer.Question(
              "",
              question.group(),
              question.resource(),
              subresource,
              namespace,
              name,
              fields,
              labels,
              ""));
    }

    CelAuthorizer.Decision check(String verb) {
      return authorizer.check(
          new CelAuthorizer.Question(
              "",
              question.group(),
              question.resource(),
              question.subresource(),
              question.namespace(),
              question.name(),
              question.fieldSelector(),
              question.labelSelector(),
              verb));
    }
  }

  private AuthorizerLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.method(
            "path",
            "authorizer_path",
            Opaques.PATH_CHECK,
            List.of(Opaques.AUTHORIZER, STRING),
            a -> new PathCheck((CelAuthorizer) a[0], nonEmptyPath((String) a[1]))),
        CelFunction.method(
            "group",
            "authorizer_group",
            Opaques.GROUP_CHECK,
            List.of(Opaques.AUTHORIZER, STRING),
            a -> new GroupCheck((CelAuthorizer) a[0], (String) a[1])),
        CelFunction.method(
            "serviceAccount",
            "authorizer_serviceaccount",
            Opaques.AUTHORIZER,
            List.of(Opaques.AUTHORIZER, STRING, STRING),
            a -> serviceAccount((CelAuthorizer) a[0], (String) a[1], (String) a[2])),
        CelFunction.method(
            "resource",
            "groupcheck_resource",
            Opaques.RESOURCE_CHECK,
            List.of(Opaques.GROUP_CHECK, STRING),
            a -> resource((GroupCheck) a[0], (String) a[1])),
        narrowing("subresource", (c, q, s) -> c.with(s, q.namespace(), q.name(), "", "")),
        narrowing(
            "namespace",
            (c, q, s) ->
                c.with(q.subresource(), s, q.name(), q.fieldSelector(), q.labelSelector())),
        narrowing(
            "name",
            (c, q, s) ->
                c.with(q.subresource(), q.namespace(), s, q.fieldSelector(), q.labelSelector())),
        narrowing(
            "fieldSelector",
            (c, q, s) -> c.with(q.subresource(), q.namespace(), q.name(), s, q.labelSelector())),
        narrowing(
            "labelSelector",
            (c, q, s) -> c.with(q.subresource(), q.namespace(), q.name(), q.fieldSelector(), s)),
        CelFunction.method(
            "check",
            "pathcheck_check",
            Opaques.DECISION,
            List.of(Opaques.PATH_CHECK, STRING),
            a -> check((PathCheck) a[0], (String) a[1])),
        CelFunction.method(
            "check",
            "resourcecheck_check",
            Opaques.DECISION,
            List.of(Opaques.RESOURCE_CHECK, STRING),
            a -> ((ResourceCheck) a[0]).check((String) a[1])),
        answer("allowed", SimpleType.BOOL, a -> decision(a).allowed()),
        answer("reason", STRING, a -> decision(a).reason()),
        answer("errored", SimpleType.BOOL, a -> !decision(a).error().isEmpty()),
        answer("error", STRING, a -> decision(a).error()));
  }

  @FunctionalInterface
  private interface Narrowing {
    ResourceCheck apply(ResourceCheck check, CelAuthorizer.Question question, String value);
  }

  private static CelFunction narrowing(String name, Narrowing narrowing) {
    return CelFunction.method(
        name,
        "resourcecheck_" + name.toLowerCase(java.util.Locale.ROOT),
        Opaques.RESOURCE_CHECK,
        List.of(Opaques.RESOURCE_CHECK, STRING),
        a -> {
          ResourceCheck check = (ResourceCheck) a[0];
          return narrowing.apply(check, check.question(), (String) a[1]);
        });
  }

  private static CelFunction answer(String name, CelType type, CelFunction.Body body) {
    return CelFunction.method(name, "decision_" + name, type, List.of(Opaques.DECISION), body);
  }

  private static CelAuthorizer.Decision decision(Object[] arguments) {
    return (CelAuthorizer.Decision) arguments[0];
  }

  private static String nonEmptyPath(String path) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    return path;
  }

  private static CelAuthorizer serviceAccount(CelAuthorizer from, String namespace, String name) {
    if (!Names.dnsSubdomain(name).isEmpty()) {
      throw new IllegalArgumentException("Invalid service account name");
    }
    if (!Names.dnsLabel(namespace).isEmpty()) {
      throw new IllegalArgumentException("Invalid service account namespace");
    }
    return from.serviceAccount(namespace, name);
  }

  private static ResourceCheck resource(GroupCheck group, String resource) {
    return new ResourceCheck(
        group.authorizer(),
        new CelAuthorizer.Question("", group.group(), resource, "", "", "", "", "", ""));
  }

  private static CelAuthorizer.Decision check(PathCheck check, String verb) {
    return check
        .authorizer()
        .check(new CelAuthorizer.Question(check.path(), "", "", "", "", "", "", "", verb));
  }
}
