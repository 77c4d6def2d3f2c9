package io.kemudi.apimachinery.cel.library;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/// `find` and `findAll` of strings, in RE2's syntax and with its linear time.
final class RegexLibrary {
  private static final ListType STRINGS = ListType.create(SimpleType.STRING);

  private RegexLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.method(
            "find",
            "string_find_string",
            SimpleType.STRING,
            List.of(SimpleType.STRING, SimpleType.STRING),
            RegexLibrary::find),
        CelFunction.method(
            "findAll",
            "string_find_all_string",
            STRINGS,
            List.of(SimpleType.STRING, SimpleType.STRING),
            a -> findAll(a, Long.MAX_VALUE)),
        CelFunction.method(
            "findAll",
            "string_find_all_string_int",
            STRINGS,
            List.of(SimpleType.STRING, SimpleType.STRING, SimpleType.INT),
            a -> findAll(a, (Long) a[2] < 0 ? Long.MAX_VALUE : (Long) a[2])));
  }

  private static String find(Object[] arguments) {
    Matcher matcher = pattern((String) arguments[1]).matcher((String) arguments[0]);
    return matcher.find() ? matcher.group() : "";
  }

  private static List<String> findAll(Object[] arguments, long limit) {
    List<String> found = new ArrayList<>();
    Matcher matcher = pattern((String) arguments[1]).matcher((String) arguments[0]);
    while (found.size() < limit && matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("Illegal regex: " + e.getMessage(), e);
    }
  }
}
