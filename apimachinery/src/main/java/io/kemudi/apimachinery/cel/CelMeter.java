package io.kemudi.apimachinery.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelEvaluationListener;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Counts what one evaluation costs while it runs, by upstream's cost model: a unit for each name,
/// selection and call, and for what walks over text, lists or maps as much as there is to walk.
final class CelMeter implements CelEvaluationListener {
  private static final double TEXT = 0.1;
  private static final double REGEX = 0.25;
  private static final long LIST = 10;
  private static final long MAP = 30;
  private static final long STRUCT = 40;
  private static final long AUTHORIZATION = 350_000;

  /// Ends an evaluation that has become too expensive.
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exceeded() {
      super("operation cancelled: actual cost limit exceeded", null, false, false);
    }
  }

  private final CelAbstractSyntaxTree ast;

  /// Expression id -> its newest value; calls look their arguments up here.
  private final Map<Long, @Nullable Object> values = new HashMap<>();

  private long cost;

  CelMeter(CelAbstractSyntaxTree ast) {
    this.ast = ast;
  }

  long cost() {
    return cost;
  }

  boolean isExceeded() {
    return cost > CelBudget.PER_CALL;
  }

  @Override
  public void callback(CelExpr expression, Object value) {
    values.put(expression.id(), value);
    cost +=
        switch (expression.getKind()) {
          case IDENT -> 1;
          case SELECT -> selection(expression);
          case LIST -> LIST;
          case MAP -> MAP;
          case STRUCT -> STRUCT;
          case CALL -> call(expression.call(), expression.id(), value);
          case CONSTANT, COMPREHENSION, NOT_SET -> 0;
        };
    if (isExceeded()) {
      throw new Exceeded();
    }
  }

  /// A chain `a.b.c` is evaluated at once: a unit for each selection and for the name.
  private static long selection(CelExpr expression) {
    long units = 0;
    CelExpr at = expression;
    while (at.getKind() == CelExpr.ExprKind.Kind.SELECT) {
      units += at.select().testOnly() ? 0 : 1;
      at = at.select().operand();
    }
    return units + (at.getKind() == CelExpr.ExprKind.Kind.IDENT ? 1 : 0);
  }

  private long call(CelExpr.CelCall call, long id, Object result) {
    ImmutableList<CelExpr> args = call.args();
    String function = call.function();
    long target = call.target().map(this::size).orElse(1L);
    return switch (function) {
      case "_&&_", "_||_", "_?_:_", "!_", "@not_strictly_false", "__not_strictly_false__" ->
          function.equals("!_") ? 1 : 0;
      case "check" -> AUTHORIZATION;
      case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf" ->
          call.target().map(each -> traversal(values.get(each.id()))).orElse(1L);
      case "lowerAscii", "upperAscii", "substring", "trim" -> part(target, TEXT);
      case "replace", "split" -> part(target, 2 * TEXT);
      case "join" -> part(sizeOf(result), 2 * TEXT);
      case "find", "findAll", "matches" -> regex(call);
      case "contains" -> part(target, TEXT) * part(size(args, 0), TEXT);
      case "startsWith", "endsWith" -> part(size(args, 0), TEXT);
      case "format" -> part(target, TEXT);
      case "url", "isURL", "ip", "isIP", "cidr", "isCIDR", "quantity", "isQuantity" ->
          args.isEmpty() ? 1 : part(size(args, 0), TEXT);
      case "ip.isCanonical" -> part(size(args, 0), 2 * TEXT);
      case "containsIP", "containsCIDR" -> 1 + part(size(args, 0), TEXT);
      case "@in", "_in_" -> listed(args);
      case "_+_" -> sum(id, args);
      case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" -> comparison(args);
      case "bytes", "string" -> args.isEmpty() ? 1 : Math.max(1, part(textSize(args), TEXT));
      case "validate" -> 1 + part(size(args, 0), TEXT);
      default -> 1;
    };
  }

  private long regex(CelExpr.CelCall call) {
    CelExpr text = call.target().orElseGet(() -> call.args().get(0));
    CelExpr pattern = call.args().get(call.target().isPresent() ? 0 : 1);
    return part(size(text) + 1, TEXT) * part(size(pattern), REGEX);
  }

  private long listed(ImmutableList<CelExpr> args) {
    return values.get(args.get(1).id()) instanceof List<?> list ? list.size() : 1;
  }

  private long sum(long id, ImmutableList<CelExpr> args) {
    Object result = values.get(id);
    return result instanceof String || result instanceof CelByteString
        ? part(size(args, 0) + size(args, 1), TEXT)
        : 1;
  }

  private long comparison(ImmutableList<CelExpr> args) {
    Object left = values.get(args.get(0).id());
    Object right = values.get(args.get(1).id());
    return Math.max(1, part(Math.min(sizeOf(left), sizeOf(right)), TEXT));
  }

  private long textSize(ImmutableList<CelExpr> args) {
    Object value = values.get(args.get(0).id());
    return value instanceof String || value instanceof CelByteString ? sizeOf(value) : 1;
  }

  private long size(ImmutableList<CelExpr> args, int index) {
    return index < args.size() ? size(args.get(index)) : 1;
  }

  /// A constant is not evaluated, so its value is in the expression.
  private long size(CelExpr expression) {
    if (expression.getKind() == CelExpr.ExprKind.Kind.CONSTANT) {
      return switch (expression.constant().getKind()) {
        case STRING_VALUE ->
            expression
                .constant()
                .stringValue()
                .codePointCount(0, expression.constant().stringValue().length());
        case BYTES_VALUE -> expression.constant().bytesValue().size();
        default -> 1;
      };
    }
    return sizeOf(values.get(expression.id()));
  }

  private static long sizeOf(@Nullable Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case CelByteString bytes -> bytes.size();
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case null, default -> 1;
    };
  }

  private static long traversal(@Nullable Object value) {
    return switch (value) {
      case String text -> (long) (text.length() * TEXT);
      case CelByteString bytes -> (long) (bytes.size() * TEXT);
      case List<?> list -> {
        long sum = 0;
        for (Object each : list) {
          sum += traversal(each);
        }
        yield sum;
      }
      case Map<?, ?> map -> {
        long sum = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          sum += traversal(entry.getKey()) + traversal(entry.getValue());
        }
        yield sum;
      }
      case null, default -> 1;
    };
  }

  private static long part(long size, double factor) {
    return (long) Math.ceil(size * factor);
  }
}
