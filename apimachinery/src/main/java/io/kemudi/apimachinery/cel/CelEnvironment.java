package io.kemudi.apimachinery.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.kemudi.apimachinery.cel.library.CelLibraries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What expressions of one place may say: the language with all libraries of Kubernetes 1.36, and
/// the variables and object types of that place. Immutable, any thread; compiling takes about a
/// millisecond.
public final class CelEnvironment {
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .enableOptionalSyntax(true)
          .enableHomogeneousLiterals(true)
          .enableTimestampEpoch(true)
          .maxParseRecursionDepth(250)
          .build();

  /// An expression may construct objects of these types: `Object{spec: Object.spec{...}}`.
  private static final String CONSTRUCTED = "Object";

  private final Map<String, CelType> variables;
  private final Map<String, StructType> types;
  private final boolean constructs;
  private final CelCompiler compiler;

  private CelEnvironment(
      Map<String, CelType> variables, Map<String, StructType> types, boolean constructs) {
    this.variables = variables;
    this.types = types;
    this.constructs = constructs;
    this.compiler = compiler(new Types(types, Map.of()));
  }

  /// Nothing but the libraries.
  public static CelEnvironment empty() {
    return new CelEnvironment(Map.of(), Map.of(), false);
  }

  public CelEnvironment withVariable(String name, CelType type) {
    Map<String, CelType> more = new LinkedHashMap<>(variables);
    more.put(name, type);
    return new CelEnvironment(more, types, constructs);
  }

  /// With object types, which variables refer to by their names.
  public CelEnvironment withTypes(Map<String, StructType> added) {
    Map<String, StructType> more = new LinkedHashMap<>(types);
    more.putAll(added);
    return new CelEnvironment(variables, more, constructs);
  }

  /// Where expressions construct `Object...` and `JSONPatch` values.
  public CelEnvironment withConstruction() {
    return new CelEnvironment(variables, types, true);
  }

  /// Reads and type-checks an expression.
  ///
  /// @throws CelFailure [CelFailure.Cause#COMPILATION], beginning with `compilation failed: `
  public CelExpression compile(String text) {
    CelValidationResult parsed = compiler.parse(text);
    if (parsed.hasError()) {
      throw failure(parsed, true);
    }
    try {
      CelAbstractSyntaxTree tree = parsed.getAst();
      CelCompiler checker = constructs ? compiler(constructedTypes(tree)) : compiler;
      CelValidationResult checked = checker.check(tree);
      if (checked.hasError()) {
        throw failure(checked, false);
      }
      CelAbstractSyntaxTree ast = checked.getAst();
      return new CelExpression(text, ast, Runtime.SHARED.createProgram(ast));
    } catch (CelValidationException | CelEvaluationException e) {
      throw new CelFailure(
          CelFailure.Cause.COMPILATION, "compilation failed: " + String.valueOf(e.getMessage()));
    }
  }

  private static CelFailure failure(CelValidationResult result, boolean syntax) {
    List<CelIssue> issues = new ArrayList<>();
    for (CelIssue issue : result.getErrors()) {
      issues.add(
          syntax
              ? CelIssue.formatError(
                  issue.getExprId(),
                  issue.getSourceLocation(),
                  "Syntax error: " + issue.getMessage())
              : issue);
    }
    return new CelFailure(
        CelFailure.Cause.COMPILATION,
        "compilation failed: " + CelIssue.toDisplayString(issues, result.getSource()));
  }

  private Types constructedTypes(CelAbstractSyntaxTree tree) {
    return new Types(types, ConstructedFields.of(tree));
  }

  private CelCompiler compiler(Types provider) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addFunctionDeclarations(CelLibraries.declarations())
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(OPTIONS),
                CelExtensions.bindings(),
                CelExtensions.comprehensions())
            .setTypeProvider(provider);
    variables.forEach(builder::addVar);
    return builder.build();
  }

  /// What `type(x)` is called in messages.
  public static String typeName(CelType type) {
    return dev.cel.common.types.CelTypes.format(type);
  }

  /// The types of an environment: those given, and those that an expression constructs, whose
  /// fields may hold anything.
  @SuppressWarnings("Immutable") // copies that nobody changes
  private record Types(Map<String, StructType> given, Map<String, ImmutableSet<String>> constructed)
      implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.copyOf(given.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
      StructType known = given.get(name);
      if (known != null) {
        return Optional.of(known);
      }
      ImmutableSet<String> fields = constructed.get(name);
      return fields == null || !isConstructible(name)
          ? Optional.empty()
          : Optional.of(
              StructType.create(name, fields, field -> Optional.of(fieldType(name, field))));
    }

    private static CelType fieldType(String type, String field) {
      return type.equals(ConstructedFields.JSON_PATCH) && !field.equals("value")
          ? SimpleType.STRING
          : SimpleType.DYN;
    }

    private static boolean isConstructible(String name) {
      return name.equals(CONSTRUCTED)
          || name.startsWith(CONSTRUCTED + ".")
          || name.equals(ConstructedFields.JSON_PATCH);
    }
  }

  /// One runtime for all: it holds functions only. Loaded with the first expression.
  private static final class Runtime {
    static final CelRuntime SHARED =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addFunctionBindings(CelLibraries.bindings())
            .addLibraries(
                CelExtensions.strings(),
                CelExtensions.optional(),
                CelExtensions.sets(OPTIONS),
                CelExtensions.comprehensions())
            .setTypeProvider(new AnyType())
            .setValueProvider((type, fields) -> Optional.of(constructed(fields)))
            .build();

    private static Object constructed(Map<String, Object> fields) {
      return new TreeMap<>(
          fields.entrySet().stream()
              .filter(field -> !field.getValue().equals(Optional.empty()))
              .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
  }

  /// The checker has seen to it that a type exists.
  private static final class AnyType implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.of();
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Types.isConstructible(name)
          ? Optional.of(
              StructType.create(name, ImmutableSet.of(), field -> Optional.of(SimpleType.DYN)))
          : Optional.empty();
    }
  }
}
