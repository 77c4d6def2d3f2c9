package io.kemudi.apimachinery.cel.library;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All function libraries of Kubernetes 1.36, as the compiler and the runtime take them.
public final class CelLibraries {
  /// The type of the variable `authorizer`, whose values are [CelAuthorizer]s.
  public static final CelType AUTHORIZER = Opaques.AUTHORIZER;

  /// The type of `authorizer.requestResource`.
  public static final CelType RESOURCE_CHECK = Opaques.RESOURCE_CHECK;

  private static final Map<String, List<CelFunction>> BY_NAME = byName();

  private CelLibraries() {}

  /// A check of `question`'s resource that only lacks its verb; a value of [#RESOURCE_CHECK].
  public static Object resourceCheck(CelAuthorizer authorizer, CelAuthorizer.Question question) {
    return new AuthorizerLibrary.ResourceCheck(authorizer, question);
  }

  private static Map<String, List<CelFunction>> byName() {
    Map<String, List<CelFunction>> functions = new LinkedHashMap<>();
    List.of(
            ListLibrary.functions(),
            RegexLibrary.functions(),
            UrlLibrary.functions(),
            QuantityLibrary.functions(),
            IpLibrary.functions(),
            FormatLibrary.functions(),
            SemverLibrary.functions(),
            AuthorizerLibrary.functions(),
            StringFormat.functions())
        .forEach(library ->
            library.forEach(function ->
                functions.computeIfAbsent(function.name(), n -> new ArrayList<>()).add(function)));
    return functions;
  }

  public static List<CelFunctionDecl> declarations() {
    List<CelFunctionDecl> declarations = new ArrayList<>();
    BY_NAME.forEach((name, functions) -> {
      List<CelOverloadDecl> overloads = functions.stream().map(CelFunction::declaration).toList();
      declarations.add(CelFunctionDecl.newFunctionDeclaration(name, overloads));
    });
    return declarations;
  }

  public static List<CelFunctionBinding> bindings() {
    List<CelFunctionBinding> bindings = new ArrayList<>();
    BY_NAME.forEach((name, functions) ->
        bindings.addAll(
            CelFunctionBinding.fromOverloads(
                name, functions.stream().map(CelFunction::binding).toList())));
    return bindings;
  }
}
