package io.kemudi.apimachinery.crd;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.kemudi.apimachinery.cel.CelNames;
import io.kemudi.apimachinery.cel.CelValues;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The values of a tree as expressions see them through a schema: declared fields under their
/// escaped names, times as timestamps, base64 as bytes.
final class SchemaValues {
  private SchemaValues() {}

  static Object of(@Nullable Object value, @Nullable StructuralSchema schema, boolean resource) {
    if (value == null || schema == null || schema.isIntOrString()) {
      return value == null ? NullValue.NULL_VALUE : CelValues.of(value);
    }
    return switch (value) {
      case Map<?, ?> map -> object(map, schema, resource || schema.isEmbeddedResource());
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        list.forEach(each -> values.add(of(each, schema.items(), false)));
        yield values;
      }
      case String text -> text(text, schema.format());
      case Long number when schema.type().equals("number") -> (double) number;
      case Double number when schema.type().equals("integer") -> number.longValue();
      default -> CelValues.of(value);
    };
  }

  private static Object object(Map<?, ?> map, StructuralSchema schema, boolean resource) {
    Map<String, Object> values = new LinkedHashMap<>();
    StructuralSchema additional = schema.additionalProperties();
    map.forEach((key, value) -> {
      String name = String.valueOf(key);
      StructuralSchema field = schema.properties().get(name);
      if (additional != null) {
        values.put(name, of(value, additional, false));
      } else if (field != null || resource && isTypeMeta(name)) {
        values.put(CelNames.escape(name), of(value, field, false));
      }
    });
    return values;
  }

  private static boolean isTypeMeta(String name) {
    return name.equals("kind") || name.equals("apiVersion") || name.equals("metadata");
  }

  private static Object text(String text, String format) {
    try {
      return switch (format) {
        case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
        case "date-time" -> OffsetDateTime.parse(text).toInstant();
        case "date" -> midnight(text);
        case "duration" -> duration(text);
        default -> text;
      };
    } catch (DateTimeException | IllegalArgumentException _) {
      return text; // the schema has complained already
    }
  }

  private static Instant midnight(String date) {
    return LocalDate.parse(date).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /// A Go duration, such as `1h2m3.5s`.
  private static Object duration(String text) {
    String rest = text.startsWith("-") || text.startsWith("+") ? text.substring(1) : text;
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < rest.length()) {
      int unit = at;
      while (unit < rest.length()
          && (Character.isDigit(rest.charAt(unit)) || rest.charAt(unit) == '.')) {
        unit++;
      }
      int end = unit;
      while (end < rest.length()
          && !Character.isDigit(rest.charAt(end))
          && rest.charAt(end) != '.') {
        end++;
      }
      sum =
          sum.plusNanos(
              nanos(Double.parseDouble(rest.substring(at, unit)), rest.substring(unit, end)));
      at = end;
    }
    return text.startsWith("-") ? sum.negated() : sum;
  }

  private static long nanos(double amount, String unit) {
    return (long)
        (amount
            * switch (unit.strip()) {
              case "h" -> 3_600e9;
              case "m" -> 60e9;
              case "s" -> 1e9;
              case "ms" -> 1e6;
              case "us", "µs", "μs" -> 1e3;
              case "ns", "" -> 1;
              default -> throw new IllegalArgumentException("unknown unit " + unit);
            });
  }
}
