package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.errors.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parameters behind the `?` of a URL, decoded. Absent and empty are told apart where it
/// matters.
public final class QueryParameters {
  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]+");

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  /// @throws ApiException BAD_REQUEST for a broken percent sequence
  public static QueryParameters parse(String query) {
    QueryParameters parameters = new QueryParameters();
    for (String part : query.split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        String name = decode(equals < 0 ? part : part.substring(0, equals));
        String value = equals < 0 ? "" : decode(part.substring(equals + 1));
        parameters.values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      }
    }
    return parameters;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// The first value, "" when absent.
  public String first(String name) {
    List<String> all = values.get(name);
    return all == null ? "" : all.getFirst();
  }

  /// As [#first], null when absent.
  public @Nullable String firstOrNull(String name) {
    return has(name) ? first(name) : null;
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /// As upstream converts: absent, `0` and `false` are false, everything else is true.
  public boolean flag(String name) {
    String value = first(name);
    return has(name) && !value.equals("0") && !value.equalsIgnoreCase("false");
  }

  /// @throws ApiException BAD_REQUEST in Go's words
  public @Nullable Long number(String name) {
    String value = first(name);
    if (!has(name) || value.isEmpty()) {
      return null;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      String why = WHOLE.matcher(value).matches() ? "value out of range" : "invalid syntax";
      throw ApiException.badRequest("strconv.ParseInt: parsing \"" + value + "\": " + why);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("invalid URL escape in \"" + text + "\"");
    }
  }
}
