package io.kemudi.apimachinery.selector;

import io.kemudi.apimachinery.validation.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which labels an object must have. Immutable; matching allocates nothing.
///
/// Requirements are kept sorted by key, which is also the order in which they are written.
public final class LabelSelector {
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);
  public static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

  /// What a requirement asks of the label's value; `text` as in a selector string.
  public enum Operator {
    IN("in"),
    NOT_IN("notin"),
    EQUALS("="),
    DOUBLE_EQUALS("=="),
    NOT_EQUALS("!="),
    EXISTS("exists"),
    DOES_NOT_EXIST("!"),
    GREATER_THAN("gt"),
    LESS_THAN("lt");

    final String text;

    Operator(String text) {
      this.text = text;
    }
  }

  /// One condition on one label; `values` are sorted and unique.
  public record Requirement(String key, Operator operator, List<String> values) {
    public Requirement {
      values = List.copyOf(new TreeSet<>(values));
    }

    public boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case IN, EQUALS, DOUBLE_EQUALS -> value != null && contains(value);
        case NOT_IN, NOT_EQUALS -> value == null || !contains(value);
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
        case GREATER_THAN -> value != null && compare(value) > 0;
        case LESS_THAN -> value != null && compare(value) < 0;
      };
    }

    private boolean contains(String value) {
      for (int i = 0; i < values.size(); i++) {
        if (values.get(i).equals(value)) {
          return true;
        }
      }
      return false;
    }

    /// A label that is no number is neither greater nor less.
    private int compare(String value) {
      try {
        return Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
      } catch (NumberFormatException notANumber) {
        return 0;
      }
    }

    @Override
    public String toString() {
      return switch (operator) {
        case EQUALS -> key + "=" + values.getFirst();
        case DOUBLE_EQUALS -> key + "==" + values.getFirst();
        case NOT_EQUALS -> key + "!=" + values.getFirst();
        case GREATER_THAN -> key + ">" + values.getFirst();
        case LESS_THAN -> key + "<" + values.getFirst();
        case IN -> key + " in (" + String.join(",", values) + ")";
        case NOT_IN -> key + " notin (" + String.join(",", values) + ")";
        case EXISTS -> key;
        case DOES_NOT_EXIST -> "!" + key;
      };
    }
  }

  private final List<Requirement> requirements;
  private final boolean nothing;

  private LabelSelector(List<Requirement> requirements, boolean nothing) {
    this.requirements = requirements;
    this.nothing = nothing;
  }

  public static LabelSelector of(Collection<Requirement> requirements) {
    if (requirements.isEmpty()) {
      return EVERYTHING;
    }
    List<Requirement> sorted = new ArrayList<>(requirements);
    sorted.sort(Comparator.comparing(Requirement::key));
    return new LabelSelector(List.copyOf(sorted), false);
  }

  /// All of `labels`, as a ReplicationController or Service selects. An empty map selects
  /// everything.
  public static LabelSelector ofLabels(Map<String, String> labels) {
    List<Requirement> requirements = new ArrayList<>(labels.size());
    labels.forEach((k, v) -> requirements.add(new Requirement(k, Operator.EQUALS, List.of(v))));
    return of(requirements);
  }

  /// Reads `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
  ///
  /// @throws SelectorException in upstream's words
  public static LabelSelector parse(String text) {
    return of(new LabelSelectorParser(text).parse());
  }

  /// From the structured form: null selects nothing, an empty one everything.
  ///
  /// @throws SelectorException for what validation refuses
  public static LabelSelector of(io.kemudi.kubernetes.meta.v1.@Nullable LabelSelector selector) {
    if (selector == null) {
      return NOTHING;
    }
    List<Requirement> requirements = new ArrayList<>();
    selector
        .getMatchLabelsMap()
        .forEach((k, v) -> requirements.add(checked(k, Operator.EQUALS, List.of(v))));
    for (var expression : selector.getMatchExpressionsList()) {
      Operator operator =
          switch (expression.getOperator()) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default ->
                throw new SelectorException(
                    "\"" + expression.getOperator() + "\" is not a valid label selector operator");
          };
      requirements.add(checked(expression.getKey(), operator, expression.getValuesList()));
    }
    return of(requirements);
  }

  /// A requirement whose key and values may stand in labels.
  static Requirement checked(String key, Operator operator, Collection<String> values) {
    for (String error : Names.labelKey(key)) {
      throw new SelectorException("<nil>: Invalid value: \"" + key + "\": " + error);
    }
    switch (operator) {
      case IN, NOT_IN -> {
        if (values.isEmpty()) {
          throw new SelectorException(
              "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
        }
      }
      case EQUALS, DOUBLE_EQUALS, NOT_EQUALS -> {
        if (values.size() != 1) {
          throw new SelectorException(
              "values: Invalid value: "
                  + quoted(values)
                  + ": exact-match compatibility requires one single value");
        }
      }
      case EXISTS, DOES_NOT_EXIST -> {
        if (!values.isEmpty()) {
          throw new SelectorException(
              "values: Invalid value: "
                  + quoted(values)
                  + ": values set must be empty for exists and does not exist");
        }
      }
      case GREATER_THAN, LESS_THAN -> checkNumber(values);
    }
    int at = 0;
    for (String value : values) {
      for (String error : Names.labelValue(value)) {
        throw new SelectorException(
            "values[" + at + "][" + key + "]: Invalid value: \"" + value + "\": " + error);
      }
      at++;
    }
    return new Requirement(key, operator, List.copyOf(values));
  }

  private static void checkNumber(Collection<String> values) {
    if (values.size() != 1) {
      throw new SelectorException(
          "values: Invalid value: "
              + quoted(values)
              + ": for 'Gt', 'Lt' operators, exactly one value is required");
    }
    String value = values.iterator().next();
    try {
      Long.parseLong(value);
    } catch (NumberFormatException notANumber) {
      throw new SelectorException(
          "values[0]: Invalid value: \""
              + value
              + "\": for 'Gt', 'Lt' operators, the value must be an integer");
    }
  }

  private static String quoted(Collection<String> values) {
    return values.stream().map(v -> "\"" + v + "\"").collect(Collectors.joining(",", "[", "]"));
  }

  public boolean matches(Map<String, String> labels) {
    for (int i = 0; i < requirements.size(); i++) {
      if (!requirements.get(i).matches(labels)) {
        return false;
      }
    }
    return !nothing;
  }

  public boolean selectsEverything() {
    return requirements.isEmpty() && !nothing;
  }

  public boolean selectsNothing() {
    return nothing;
  }

  public List<Requirement> requirements() {
    return requirements;
  }

  /// The form that [#parse] reads.
  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSelector selector
        && nothing == selector.nothing
        && requirements.equals(selector.requirements);
  }

  @Override
  public int hashCode() {
    return requirements.hashCode() + (nothing ? 1 : 0);
  }
}
