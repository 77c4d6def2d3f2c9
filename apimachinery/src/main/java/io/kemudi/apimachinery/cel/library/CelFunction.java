package io.kemudi.apimachinery.cel.library;

import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One overload of a function that expressions may call: its declaration, and what it does.
/// Overload ids are upstream's where the cost model asks for them.
public record CelFunction(String name, CelOverloadDecl declaration, CelFunctionBinding binding) {
  /// What an overload does with its arguments (for a method, the receiver first). Pure, any thread.
  /// An [IllegalArgumentException] becomes an evaluation error with its message.
  @FunctionalInterface
  public interface Body {
    Object apply(Object[] arguments);
  }

  /// `receiver.name(arguments)`, where `parameters` begin with the receiver.
  static CelFunction method(
      String name, String id, CelType result, List<CelType> parameters, Body body) {
    return new CelFunction(
        name,
        CelOverloadDecl.newMemberOverload(id, result, parameters),
        binding(id, parameters, body));
  }

  /// `name(arguments)`.
  static CelFunction global(
      String name, String id, CelType result, List<CelType> parameters, Body body) {
    return new CelFunction(
        name,
        CelOverloadDecl.newGlobalOverload(id, result, parameters),
        binding(id, parameters, body));
  }

  @SuppressWarnings("Immutable") // bodies close over nothing that changes
  private static CelFunctionBinding binding(String id, List<CelType> parameters, Body body) {
    List<Class<?>> classes = new ArrayList<>();
    parameters.forEach(type -> classes.add(javaClass(type)));
    return CelFunctionBinding.from(id, classes, body::apply);
  }

  /// The class of the values of a type at run time.
  private static Class<?> javaClass(CelType type) {
    if (type instanceof ListType) {
      return List.class;
    }
    if (type instanceof MapType) {
      return Map.class;
    }
    if (type instanceof OpaqueType opaque) {
      return Opaques.javaClass(opaque);
    }
    if (type.equals(SimpleType.STRING)) {
      return String.class;
    }
    if (type.equals(SimpleType.INT)) {
      return Long.class;
    }
    if (type.equals(SimpleType.BOOL)) {
      return Boolean.class;
    }
    if (type.equals(SimpleType.DOUBLE)) {
      return Double.class;
    }
    if (type.equals(SimpleType.TIMESTAMP)) {
      return Instant.class;
    }
    return Object.class;
  }
}
