package io.kemudi.apiserver.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One entry of an Accept header, or a Content-Type: the type in lower case and its parameters.
record MediaType(String type, Map<String, String> parameters) {
  static final String JSON = "application/json";
  static final String YAML = "application/yaml";
  static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

  static MediaType parse(String text) {
    String[] parts = text.split(";", -1);
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        parameters.put(
            parts[i].substring(0, equals).strip(), parts[i].substring(equals + 1).strip());
      }
    }
    return new MediaType(parts[0].strip().toLowerCase(Locale.ROOT), parameters);
  }

  /// The entries of an Accept header in the client's order; upstream does not weigh `q`.
  static List<MediaType> parseAll(List<String> values) {
    List<MediaType> types = new ArrayList<>(values.size());
    for (String value : values) {
      types.add(parse(value));
    }
    return types;
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}
