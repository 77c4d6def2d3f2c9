package io.kemudi.nodeagent.streaming;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The parameters behind `?`, in order; names may repeat.
final class Query {
  private record Parameter(String name, String value) {}

  private final List<Parameter> parameters = new ArrayList<>();

  Query(String text) {
    for (String part : text.split("&", -1)) {
      if (!part.isEmpty()) {
        int equals = part.indexOf('=');
        parameters.add(
            equals < 0
                ? new Parameter(decode(part), "")
                : new Parameter(
                    decode(part.substring(0, equals)), decode(part.substring(equals + 1))));
      }
    }
  }

  static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String first(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? "" : all.getFirst();
  }

  List<String> all(String name) {
    return parameters.stream().filter(p -> p.name().equals(name)).map(Parameter::value).toList();
  }

  /// Whether the parameter, under any of its names, is `true` or `1`.
  boolean flag(String... names) {
    for (String name : names) {
      String value = first(name);
      if (value.equals("1") || value.equalsIgnoreCase("true") || value.equals("t")) {
        return true;
      }
    }
    return false;
  }
}
