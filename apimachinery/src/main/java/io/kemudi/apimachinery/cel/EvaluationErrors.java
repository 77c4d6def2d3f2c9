package io.kemudi.apimachinery.cel;

import dev.cel.runtime.CelEvaluationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the runtime says of a failed evaluation, in the words of upstream's.
final class EvaluationErrors {
  private static final Pattern PLACE = Pattern.compile("^evaluation error(?: at [^ ]+)?: ");
  private static final Pattern NO_KEY =
      Pattern.compile("key '(.*)' is not present in map\\.", Pattern.DOTALL);
  private static final Pattern INDEX = Pattern.compile("Index out of bounds: (-?\\d+)");

  private EvaluationErrors() {}

  static String text(CelEvaluationException e) {
    String innermost = null;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause.getClass() == IllegalArgumentException.class) {
        innermost = cause.getMessage(); // thrown by a function of ours
      }
    }
    if (innermost != null && !innermost.startsWith("Function '")) {
      return innermost;
    }
    String message = PLACE.matcher(String.valueOf(e.getMessage())).replaceFirst("");
    return switch (e.getErrorCode()) {
      case ATTRIBUTE_NOT_FOUND -> {
        Matcher key = NO_KEY.matcher(message);
        yield key.find() ? "no such key: " + key.group(1) : message;
      }
      case OVERLOAD_NOT_FOUND -> "no such overload";
      case DIVIDE_BY_ZERO -> "division by zero";
      case NUMERIC_OVERFLOW -> "integer overflow";
      case INDEX_OUT_OF_BOUNDS -> {
        Matcher index = INDEX.matcher(message);
        yield index.find() ? "index out of bounds: " + index.group(1) : message;
      }
      case INTERNAL_ERROR,
          DUPLICATE_ATTRIBUTE,
          INVALID_ARGUMENT,
          AMBIGUOUS_OVERLOAD,
          TYPE_NOT_FOUND,
          ITERATION_BUDGET_EXCEEDED,
          BAD_FORMAT ->
          message;
    };
  }
}
