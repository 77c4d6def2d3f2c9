package io.kemudi.apimachinery.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What an expression may cost at worst, before it has run: decides which rules a custom resource
/// definition may have, so it follows upstream's estimate step by step (KEP-2876 tells the model,
/// cel-go's checker and Kubernetes' libraries the weights).
public final class CelCosts {
  private final CelAbstractSyntaxTree ast;
  private final CelSizes sizes;

  /// Expression id -> how one gets to its value from a variable.
  private final Map<Long, List<String>> paths = new HashMap<>();

  /// Expression id -> the size of what it computes.
  private final Map<Long, CelRange> computed = new HashMap<>();

  /// Expression id of a list or map -> the sizes of its keys and values.
  private final Map<Long, Entries> entries = new HashMap<>();

  private final Map<String, Deque<Local>> locals = new HashMap<>();

  private record Entries(boolean list, CelRange key, CelRange value) {
    Entries or(Entries other) {
      return new Entries(list, key.or(other.key), value.or(other.value));
    }
  }

  private record Local(List<String> path, @Nullable CelRange size, @Nullable Entries entries) {}

  private CelCosts(CelAbstractSyntaxTree ast, CelSizes sizes) {
    this.ast = ast;
    this.sizes = sizes;
  }

  public static CelRange estimate(CelExpression expression, CelSizes sizes) {
    return new CelCosts(expression.ast(), sizes).cost(expression.ast().getExpr());
  }

  private CelRange cost(CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT, NOT_SET -> CelRange.ZERO;
      case IDENT -> ident(expression);
      case SELECT -> select(expression);
      case CALL -> call(expression);
      case LIST -> list(expression);
      case MAP -> map(expression);
      case STRUCT -> struct(expression);
      case COMPREHENSION ->
          isBinding(expression.comprehension()) ? binding(expression) : loop(expression);
    };
  }

  private CelRange ident(CelExpr expression) {
    String name = expression.ident().name();
    Local local = local(name);
    paths.put(expression.id(), local == null ? List.of(name) : local.path);
    return CelRange.ONE;
  }

  private CelRange select(CelExpr expression) {
    CelExpr operand = expression.select().operand();
    CelRange cost = cost(operand);
    if (expression.select().testOnly()) {
      return cost;
    }
    CelKind kind = type(operand).kind();
    paths.put(expression.id(), step(path(operand), expression.select().field()));
    return kind == CelKind.MAP || kind == CelKind.STRUCT || kind == CelKind.TYPE_PARAM
        ? cost.plus(CelRange.ONE)
        : cost;
  }

  private CelRange list(CelExpr expression) {
    CelRange cost = CelRange.exactly(10);
    CelRange element = null;
    for (CelExpr each : expression.list().elements()) {
      cost = cost.plus(cost(each));
      element = element == null ? size(each) : element.or(size(each));
    }
    entries.put(
        expression.id(),
        new Entries(true, CelRange.ONE, element == null ? CelRange.ZERO : element));
    return cost;
  }

  private CelRange map(CelExpr expression) {
    CelRange cost = CelRange.exactly(30);
    CelRange key = null;
    CelRange value = null;
    for (CelExpr.CelMap.Entry entry : expression.map().entries()) {
      cost = cost.plus(cost(entry.key())).plus(cost(entry.value()));
      key = key == null ? size(entry.key()) : key.or(size(entry.key()));
      value = value == null ? size(entry.value()) : value.or(size(entry.value()));
    }
    entries.put(
        expression.id(),
        new Entries(
            false, key == null ? CelRange.ZERO : key, value == null ? CelRange.ZERO : value));
    return cost;
  }

  private CelRange struct(CelExpr expression) {
    CelRange cost = CelRange.exactly(40);
    for (CelExpr.CelStruct.Entry entry : expression.struct().entries()) {
      cost = cost.plus(cost(entry.value()));
    }
    return cost;
  }

  // ---- comprehensions ----

  /// `cel.bind`: a comprehension over nothing, whose result is what counts.
  private static boolean isBinding(CelExpr.CelComprehension loop) {
    return loop.iterRange().getKind() == CelExpr.ExprKind.Kind.LIST
        && loop.iterRange().list().elements().isEmpty()
        && loop.loopCondition().getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && !isAccumulator(loop.accuVar());
  }

  private static boolean isAccumulator(String name) {
    return name.equals("__result__") || name.equals("@result");
  }

  private CelRange binding(CelExpr expression) {
    CelExpr.CelComprehension loop = expression.comprehension();
    CelRange cost = cost(loop.iterRange()).plus(cost(loop.accuInit()));
    push(loop.accuVar(), localOf(loop.accuInit()));
    cost = cost.plus(cost(loop.result()));
    CelRange size = knownSize(loop.result());
    Entries inside = entries(loop.result());
    pop(loop.accuVar());
    if (size != null) {
      computed.put(expression.id(), size);
    }
    if (inside != null) {
      entries.put(expression.id(), inside);
    }
    return cost;
  }

  private CelRange loop(CelExpr expression) {
    CelExpr.CelComprehension loop = expression.comprehension();
    CelRange cost = cost(loop.iterRange()).plus(cost(loop.accuInit()));
    push(loop.accuVar(), localOf(loop.accuInit()));
    boolean two = !loop.iterVar2().isEmpty();
    push(loop.iterVar(), iterated(loop.iterRange(), two));
    if (two) {
      push(loop.iterVar2(), value(loop.iterRange()));
    }
    CelRange each = cost(loop.loopCondition()).plus(cost(loop.loopStep()));
    pop(loop.iterVar());
    if (two) {
      pop(loop.iterVar2());
    }
    cost = cost.plus(cost(loop.result()));
    pop(loop.accuVar());
    CelRange rounds = size(loop.iterRange());
    resultSize(expression, loop, rounds);
    return cost.plus(rounds.times(each));
  }

  private void resultSize(CelExpr expression, CelExpr.CelComprehension loop, CelRange rounds) {
    switch (loop.accuInit().getKind()) {
      case CONSTANT -> {
        CelRange size = knownSize(loop.accuInit());
        if (size != null) {
          computed.put(expression.id(), size);
        }
      }
      case LIST, MAP -> {
        computed.put(expression.id(), rounds);
        Entries step = entries(loop.loopStep());
        if (step != null) {
          entries.put(expression.id(), step);
        }
      }
      case IDENT, SELECT, CALL, STRUCT, COMPREHENSION, NOT_SET -> {}
    }
  }

  private Local localOf(CelExpr expression) {
    return new Local(path(expression), knownSize(expression), entries(expression));
  }

  /// The one variable of a loop: an element of a list, a key of a map; of two, the index or key.
  private Local iterated(CelExpr range, boolean two) {
    if (isList(range)) {
      return two ? new Local(step(path(range), "@indices"), keySize(range), null) : value(range);
    }
    return new Local(step(path(range), CelSizes.KEYS), keySize(range), null);
  }

  private Local value(CelExpr range) {
    Entries known = entries(range);
    return new Local(
        step(path(range), isList(range) ? CelSizes.ITEMS : CelSizes.VALUES),
        known == null ? null : known.value,
        null);
  }

  private @Nullable CelRange keySize(CelExpr range) {
    Entries known = entries(range);
    return known == null ? null : known.key;
  }

  private boolean isList(CelExpr range) {
    Entries known = entries(range);
    return known == null ? type(range).kind() == CelKind.LIST : known.list;
  }

  // ---- calls ----

  private CelRange call(CelExpr expression) {
    CelExpr.CelCall call = expression.call();
    if (call.function().equals("dyn") && call.args().size() == 1) {
      CelExpr only = call.args().getFirst();
      CelRange cost = cost(only).plus(CelRange.ONE);
      copySizes(expression, only);
      return cost;
    }
    List<CelExpr> operands = new ArrayList<>();
    call.target().ifPresent(operands::add);
    operands.addAll(call.args());
    List<CelRange> costs = new ArrayList<>();
    operands.forEach(each -> costs.add(cost(each)));
    indexPath(expression, operands);
    CelRange sum = CelRange.ZERO;
    for (CelRange each : costs) {
      sum = sum.plus(each);
    }
    return switch (call.function()) {
      case "_||_", "_&&_" ->
          new CelRange(costs.get(0).min(), costs.get(0).plus(costs.get(1)).max());
      case "_?_:_" -> {
        setSize(expression, size(operands.get(1)).or(size(operands.get(2))));
        union(expression, operands.get(1), operands.get(2));
        yield costs.get(0).plus(costs.get(1).or(costs.get(2)));
      }
      default -> sum.plus(function(expression, call, operands));
    };
  }

  private void indexPath(CelExpr expression, List<CelExpr> operands) {
    if (expression.call().function().equals("_[_]")) {
      CelExpr container = operands.getFirst();
      String step = isList(container) ? CelSizes.ITEMS : CelSizes.VALUES;
      paths.put(expression.id(), step(path(container), step));
      Entries known = entries(container);
      if (known != null) {
        setSize(expression, known.value);
      }
    }
  }

  /// What a function itself costs. `operands` begin with the receiver of a method.
  private CelRange function(CelExpr expression, CelExpr.CelCall call, List<CelExpr> operands) {
    CelRange first = operands.isEmpty() ? CelRange.ZERO : size(operands.getFirst());
    CelRange second = operands.size() < 2 ? CelRange.ZERO : size(operands.get(1));
    return switch (call.function()) {
      case "check" -> CelRange.exactly(350_000);
      case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf" ->
          listOrText(operands.getFirst(), first);
      case "url", "isURL" -> call.function().equals("url") ? first.times(TEXT) : CelRange.ONE;
      case "lowerAscii", "upperAscii", "substring", "trim" -> {
        setSize(expression, first);
        yield first.times(TEXT);
      }
      case "replace" -> {
        setSize(expression, replaced(first, second, size(operands.get(2))));
        yield first.times(2 * TEXT);
      }
      case "split" -> {
        setSize(expression, CelRange.upTo(first.max()));
        yield first.times(2 * TEXT);
      }
      case "join" -> {
        CelRange joined = joined(operands, first);
        setSize(expression, joined);
        yield joined.times(TEXT);
      }
      case "find", "findAll" -> {
        setSize(expression, CelRange.upTo(first.max()));
        yield first.plus(CelRange.ONE).times(TEXT).times(second.times(REGEX));
      }
      case "matches" -> first.plus(CelRange.ONE).times(TEXT).times(second.times(REGEX));
      case "contains" -> first.times(TEXT).times(second.times(TEXT));
      case "startsWith", "endsWith" -> second.times(TEXT);
      case "containsIP", "containsCIDR" -> ranges(call.function(), operands.get(1), second);
      case "format" -> {
        CelRange result = first.plus(second);
        setSize(expression, result);
        yield first.times(TEXT);
      }
      case "bytes", "string" -> conversion(expression, operands, first);
      case "@in", "_in_" ->
          type(operands.get(1)).kind() == CelKind.LIST ? second.times(1.0) : CelRange.ONE;
      case "_+_" -> sum(expression, operands, first, second);
      case "_==_", "_!=_" -> comparison(first, second);
      case "_<_", "_<=_", "_>_", "_>=_" ->
          isText(operands.getFirst()) ? comparison(first, second) : CelRange.ONE;
      default -> CelRange.ONE;
    };
  }

  private static final double TEXT = 0.1;
  private static final double REGEX = 0.25;

  private CelRange listOrText(CelExpr operand, CelRange size) {
    if (type(operand).kind() != CelKind.LIST) {
      return size.times(TEXT);
    }
    CelRange each = CelRange.ONE;
    CelType element = type(operand).parameters().getFirst();
    if (element.kind() == CelKind.STRING || element.kind() == CelKind.BYTES) {
      each = each.plus(elementSize(operand).times(TEXT));
    }
    return size.times(each);
  }

  private CelRange elementSize(CelExpr list) {
    List<String> path = path(list);
    CelRange known = path.isEmpty() ? null : sizes.of(step(path, CelSizes.ITEMS));
    return known == null ? CelRange.UNKNOWN : known;
  }

  private static CelRange replaced(CelRange text, CelRange from, CelRange to) {
    long most;
    if (from.min() == 0) {
      most = text.plus(CelRange.ONE).times(to).plus(text).max();
    } else if (to.max() <= from.min()) {
      most = text.max();
    } else {
      most = new CelRange(0, -Math.floorDiv(-text.max(), from.min())).times(to).max();
    }
    long least;
    if (from.max() == 0) {
      least = text.plus(CelRange.ONE).times(to).plus(text).min();
    } else if (from.max() <= to.min()) {
      least = text.min();
    } else {
      long times = -Math.floorDiv(-text.min(), from.max());
      least = CelRange.exactly(times).times(CelRange.exactly(to.min())).min();
    }
    return new CelRange(least, most);
  }

  private CelRange joined(List<CelExpr> operands, CelRange list) {
    CelRange text = list.times(elementSize(operands.getFirst()));
    if (operands.size() < 2) {
      return text;
    }
    CelRange gaps = new CelRange(Math.max(0, list.min() - 1), Math.max(0, list.max() - 1));
    return text.plus(size(operands.get(1)).times(gaps));
  }

  private CelRange ranges(String function, CelExpr operand, CelRange operandSize) {
    CelRange bytes = new CelRange(4, 16);
    CelRange cost = bytes.plus(bytes).times(TEXT);
    if (function.equals("containsCIDR")) {
      cost = cost.plus(bytes.times(TEXT)).plus(CelRange.ONE);
    }
    return isText(operand) ? cost.plus(operandSize.times(TEXT)) : cost;
  }

  private CelRange conversion(CelExpr expression, List<CelExpr> operands, CelRange size) {
    CelKind from = type(operands.getFirst()).kind();
    boolean toBytes = expression.call().function().equals("bytes");
    if (toBytes && from == CelKind.STRING) {
      setSize(expression, new CelRange(size.min(), size.times(4.0).max()));
      return size.times(TEXT);
    }
    if (!toBytes && from == CelKind.BYTES) {
      setSize(expression, new CelRange(size.min() / 4, size.max()));
      return size.times(TEXT);
    }
    return CelRange.ONE;
  }

  private CelRange sum(
      CelExpr expression, List<CelExpr> operands, CelRange first, CelRange second) {
    CelKind kind = type(expression).kind();
    boolean sized = kind == CelKind.STRING || kind == CelKind.BYTES || kind == CelKind.LIST;
    if (!sized && kind != CelKind.DYN) {
      return CelRange.ONE;
    }
    CelRange result = first.plus(second);
    setSize(expression, result);
    union(expression, operands.get(0), operands.get(1));
    return switch (kind) {
      case LIST -> CelRange.ONE;
      case DYN -> CelRange.ONE.or(result.times(TEXT));
      default -> result.times(TEXT);
    };
  }

  private static CelRange comparison(CelRange left, CelRange right) {
    long most = Math.min(left.max(), right.max());
    return new CelRange(most > 0 ? 1 : 0, most).times(TEXT);
  }

  private boolean isText(CelExpr expression) {
    CelKind kind = type(expression).kind();
    return kind == CelKind.STRING || kind == CelKind.BYTES || kind == CelKind.DYN;
  }

  // ---- sizes ----

  private CelRange size(CelExpr expression) {
    CelRange known = knownSize(expression);
    return known == null ? CelRange.UNKNOWN : known;
  }

  private @Nullable CelRange knownSize(CelExpr expression) {
    CelRange known = computed.get(expression.id());
    if (known == null) {
      known = literalSize(expression);
    }
    if (known == null) {
      List<String> path = path(expression);
      boolean rooted = !path.isEmpty() && !isAccumulator(path.getFirst());
      known = rooted ? sizes.of(path) : null;
    }
    if (known == null && isScalar(type(expression))) {
      known = CelRange.ONE;
    }
    if (known == null && expression.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      Local local = local(expression.ident().name());
      known = local == null ? null : local.size;
    }
    return known;
  }

  private static @Nullable CelRange literalSize(CelExpr expression) {
    return switch (expression.getKind()) {
      case CONSTANT -> constantSize(expression.constant());
      case LIST -> CelRange.exactly(expression.list().elements().size());
      case MAP -> CelRange.exactly(expression.map().entries().size());
      case IDENT, SELECT, CALL, STRUCT, COMPREHENSION, NOT_SET -> null;
    };
  }

  private static CelRange constantSize(CelConstant constant) {
    return switch (constant.getKind()) {
      case STRING_VALUE ->
          CelRange.exactly(
              constant.stringValue().codePointCount(0, constant.stringValue().length()));
      case BYTES_VALUE -> CelRange.exactly(constant.bytesValue().size());
      default -> CelRange.ONE;
    };
  }

  private static boolean isScalar(CelType type) {
    return switch (type.kind()) {
      case BOOL, DOUBLE, DURATION, INT, TIMESTAMP, UINT -> true;
      case OPAQUE -> type instanceof OptionalType && isScalar(type.parameters().getFirst());
      default -> false;
    };
  }

  private void setSize(CelExpr expression, CelRange size) {
    computed.put(expression.id(), size);
  }

  private void copySizes(CelExpr to, CelExpr from) {
    CelRange size = knownSize(from);
    if (size != null) {
      setSize(to, size);
    }
    Entries inside = entries(from);
    if (inside != null) {
      entries.put(to.id(), inside);
    }
  }

  private void union(CelExpr expression, CelExpr one, CelExpr other) {
    Entries left = entries(one);
    Entries right = entries(other);
    if (left != null && right != null) {
      entries.put(expression.id(), left.or(right));
    }
  }

  private @Nullable Entries entries(CelExpr expression) {
    Entries known = entries.get(expression.id());
    if (known == null && expression.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      Local local = local(expression.ident().name());
      known = local == null ? null : local.entries;
    }
    return known;
  }

  // ---- names ----

  private List<String> path(CelExpr expression) {
    if (expression.getKind() == CelExpr.ExprKind.Kind.IDENT) {
      Local local = local(expression.ident().name());
      if (local != null) {
        return local.path;
      }
    }
    return Objects.requireNonNullElse(paths.get(expression.id()), List.of());
  }

  private static List<String> step(List<String> path, String next) {
    if (path.isEmpty()) {
      return path;
    }
    List<String> longer = new ArrayList<>(path);
    longer.add(next);
    return longer;
  }

  private CelType type(CelExpr expression) {
    return ast.getType(expression.id()).orElse(dev.cel.common.types.SimpleType.DYN);
  }

  private @Nullable Local local(String name) {
    Deque<Local> stack = locals.get(name);
    return stack == null ? null : stack.peek();
  }

  private void push(String name, Local local) {
    locals.computeIfAbsent(name, n -> new ArrayDeque<>()).push(local);
  }

  private void pop(String name) {
    Objects.requireNonNull(locals.get(name)).pop();
  }
}
