package io.kemudi.apimachinery.selector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which values an object's selectable fields must have: `spec.nodeName=n1,status.phase!=Running`.
/// Immutable; matching allocates nothing. Which fields there are is the kind's business.
public final class FieldSelector {
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  /// One term; `equal` is false for `!=`.
  public record Term(String field, boolean equal, String value) {
    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escape(value);
    }
  }

  private final List<Term> terms;

  private FieldSelector(List<Term> terms) {
    this.terms = terms;
  }

  public static FieldSelector of(List<Term> terms) {
    return terms.isEmpty() ? EVERYTHING : new FieldSelector(List.copyOf(terms));
  }

  /// @throws SelectorException in upstream's words
  public static FieldSelector parse(String text) {
    List<String> parts = split(text);
    parts.sort(Comparator.naturalOrder());
    List<Term> terms = new ArrayList<>();
    for (String part : parts) {
      if (!part.isEmpty()) {
        terms.add(term(part, text));
      }
    }
    return of(terms);
  }

  public List<Term> terms() {
    return terms;
  }

  public boolean selectsEverything() {
    return terms.isEmpty();
  }

  /// `valueOf` gives the value of a field, "" when it is absent.
  public boolean matches(UnaryOperator<String> valueOf) {
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      if (valueOf.apply(term.field).equals(term.value) != term.equal) {
        return false;
      }
    }
    return true;
  }

  /// The value that `field` must have, or null when the selector leaves it open: lets an index
  /// serve.
  public @Nullable String requiredValue(String field) {
    for (Term term : terms) {
      if (term.equal && term.field.equals(field)) {
        return term.value;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return terms.stream().map(Term::toString).collect(Collectors.joining(","));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FieldSelector selector && terms.equals(selector.terms);
  }

  @Override
  public int hashCode() {
    return terms.hashCode();
  }

  /// At commas that no backslash escapes.
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    if (text.isEmpty()) {
      return parts;
    }
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == ',') {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Term term(String part, String whole) {
    for (int i = 0; i < part.length(); i++) {
      for (String sign : List.of("!=", "==", "=")) {
        if (part.startsWith(sign, i)) {
          String value = unescape(part.substring(i + sign.length()));
          return new Term(part.substring(0, i), !sign.equals("!="), value);
        }
      }
    }
    throw new SelectorException(
        "invalid selector: '" + whole + "'; can't understand '" + part + "'");
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0 && value.indexOf('=') < 0 && value.indexOf(',') < 0) {
      return value;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        String next = i + 1 < value.length() ? value.substring(i + 1, i + 2) : "";
        if (next.isEmpty() || "\\,=".indexOf(next.charAt(0)) < 0) {
          throw new SelectorException("invalid field selector: invalid escape sequence: \\" + next);
        }
        out.append(next);
        i++;
      } else if (c == '=' || c == ',') {
        throw new SelectorException("invalid field selector: unescaped character in value: " + c);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }
}
