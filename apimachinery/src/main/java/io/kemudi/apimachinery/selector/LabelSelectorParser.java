package io.kemudi.apimachinery.selector;

import io.kemudi.apimachinery.selector.LabelSelector.Operator;
import io.kemudi.apimachinery.selector.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A recursive-descent reader of label selectors; its complaints are upstream's, token for token.
final class LabelSelectorParser {
  private enum Kind {
    END,
    OPEN,
    CLOSE,
    COMMA,
    NOT,
    EQUALS,
    DOUBLE_EQUALS,
    NOT_EQUALS,
    GREATER,
    LESS,
    IN,
    NOT_IN,
    WORD
  }

  private record Token(Kind kind, String text) {}

  private static final String SPECIAL = "=!(),><";
  private static final String PREFIX = "unable to parse requirement: ";

  private final List<Token> tokens;
  private int next;

  LabelSelectorParser(String text) {
    tokens = tokens(text);
  }

  List<Requirement> parse() {
    List<Requirement> requirements = new ArrayList<>();
    while (true) {
      Token token = peek(true);
      switch (token.kind) {
        case WORD, NOT -> {
          requirements.add(requirement());
          Token after = take(false);
          if (after.kind == Kind.END) {
            return requirements;
          }
          if (after.kind != Kind.COMMA) {
            throw found(after, "expected: ',' or 'end of string'");
          }
          Token begin = peek(true);
          if (begin.kind != Kind.WORD && begin.kind != Kind.NOT) {
            throw found(begin, "expected: identifier after ','");
          }
        }
        case END -> {
          return requirements;
        }
        default -> throw found(token, "expected: !, identifier, or 'end of string'");
      }
    }
  }

  private Requirement requirement() {
    boolean negated = peek(false).kind == Kind.NOT;
    if (negated) {
      take(false);
    }
    Token key = take(true);
    if (key.kind != Kind.WORD) {
      throw new SelectorException(PREFIX + "found '" + key.text + "', expected: identifier");
    }
    if (negated) {
      return checked(key.text, Operator.DOES_NOT_EXIST, List.of());
    }
    Kind following = peek(false).kind;
    if (following == Kind.END || following == Kind.COMMA) {
      return checked(key.text, Operator.EXISTS, List.of());
    }
    checkKey(key.text);
    Token token = take(false);
    Operator operator =
        switch (token.kind) {
          case IN -> Operator.IN;
          case NOT_IN -> Operator.NOT_IN;
          case EQUALS -> Operator.EQUALS;
          case DOUBLE_EQUALS -> Operator.DOUBLE_EQUALS;
          case NOT_EQUALS -> Operator.NOT_EQUALS;
          case GREATER -> Operator.GREATER_THAN;
          case LESS -> Operator.LESS_THAN;
          case END, OPEN, CLOSE, COMMA, NOT, WORD ->
              throw new SelectorException(
                  PREFIX + "found '" + token.text + "', expected: in, notin, =, ==, !=, gt, lt");
        };
    boolean set = operator == Operator.IN || operator == Operator.NOT_IN;
    return checked(key.text, operator, set ? values() : Set.of(value()));
  }

  private Set<String> values() {
    Token open = take(true);
    if (open.kind != Kind.OPEN) {
      throw new SelectorException(PREFIX + "found '" + open.text + "' expected: '('");
    }
    Set<String> values = new LinkedHashSet<>();
    Token first = peek(true);
    if (first.kind != Kind.WORD && first.kind != Kind.COMMA) {
      if (first.kind == Kind.CLOSE) {
        take(true);
        return Set.of("");
      }
      throw new SelectorException(
          PREFIX + "found '" + first.text + "', expected: ',', ')' or identifier");
    }
    while (true) {
      Token token = take(true);
      switch (token.kind) {
        case WORD -> {
          values.add(token.text);
          Token after = peek(true);
          if (after.kind == Kind.CLOSE) {
            take(true);
            return values;
          }
          if (after.kind != Kind.COMMA) {
            throw new SelectorException(
                PREFIX + "found '" + after.text + "', expected: ',' or ')'");
          }
        }
        case COMMA -> {
          if (values.isEmpty()) {
            values.add("");
          }
          Token after = peek(true);
          if (after.kind == Kind.CLOSE) {
            take(true);
            values.add("");
            return values;
          }
          if (after.kind == Kind.COMMA) {
            take(true);
            values.add("");
          }
        }
        default ->
            throw new SelectorException(
                PREFIX + "found '" + token.text + "', expected: ',', or identifier");
      }
    }
  }

  private String value() {
    Token token = peek(true);
    if (token.kind == Kind.END || token.kind == Kind.COMMA) {
      return "";
    }
    take(true);
    if (token.kind != Kind.WORD) {
      throw new SelectorException(PREFIX + "found '" + token.text + "', expected: identifier");
    }
    return token.text;
  }

  private static Requirement checked(String key, Operator operator, Set<String> values) {
    try {
      return LabelSelector.checked(key, operator, values);
    } catch (SelectorException e) {
      throw new SelectorException(PREFIX + e.getMessage());
    }
  }

  private static Requirement checked(String key, Operator operator, List<String> none) {
    return checked(key, operator, Set.copyOf(none));
  }

  private static void checkKey(String key) {
    checked(key, Operator.EXISTS, Set.of());
  }

  private static SelectorException found(Token token, String expected) {
    return new SelectorException("found '" + token.text + "', " + expected);
  }

  private Token peek(boolean asValue) {
    Token token = tokens.get(Math.min(next, tokens.size() - 1));
    return asValue && (token.kind == Kind.IN || token.kind == Kind.NOT_IN)
        ? new Token(Kind.WORD, token.text)
        : token;
  }

  private Token take(boolean asValue) {
    Token token = peek(asValue);
    next++;
    return token;
  }

  private static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int start = at;
      if (isSpace(c)) {
        at++;
      } else if (SPECIAL.indexOf(c) >= 0) {
        at++;
        // "==" and "!=" are the only signs of two characters.
        if ((c == '=' || c == '!') && at < text.length() && text.charAt(at) == '=') {
          at++;
        }
        String sign = text.substring(start, at);
        tokens.add(new Token(sign(sign), sign));
      } else {
        while (at < text.length()
            && !isSpace(text.charAt(at))
            && SPECIAL.indexOf(text.charAt(at)) < 0) {
          at++;
        }
        String word = text.substring(start, at);
        Kind kind = word.equals("in") ? Kind.IN : word.equals("notin") ? Kind.NOT_IN : Kind.WORD;
        tokens.add(new Token(kind, word));
      }
    }
    tokens.add(new Token(Kind.END, ""));
    return tokens;
  }

  private static Kind sign(String sign) {
    return switch (sign) {
      case "(" -> Kind.OPEN;
      case ")" -> Kind.CLOSE;
      case "," -> Kind.COMMA;
      case "!" -> Kind.NOT;
      case "=" -> Kind.EQUALS;
      case "==" -> Kind.DOUBLE_EQUALS;
      case "!=" -> Kind.NOT_EQUALS;
      case ">" -> Kind.GREATER;
      case "<" -> Kind.LESS;
      default -> throw new IllegalStateException("no sign: " + sign);
    };
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }
}
