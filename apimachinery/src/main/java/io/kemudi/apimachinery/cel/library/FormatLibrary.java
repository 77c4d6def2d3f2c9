package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `format.NAME()`, `format.named(name)` and `validate(text)`.
final class FormatLibrary {
  private FormatLibrary() {}

  static List<CelFunction> functions() {
    List<CelFunction> functions = new ArrayList<>();
    for (NamedFormat format : NamedFormat.all()) {
      functions.add(
          CelFunction.global(
              "format." + format.name(),
              "format_" + format.name(),
              Opaques.FORMAT,
              List.of(),
              a -> format));
    }
    functions.add(
        CelFunction.global(
            "format.named",
            "format_named",
            OptionalType.create(Opaques.FORMAT),
            List.of(SimpleType.STRING),
            a -> Optional.ofNullable(NamedFormat.find((String) a[0]))));
    functions.add(
        CelFunction.method(
            "validate",
            "format_validate",
            OptionalType.create(ListType.create(SimpleType.STRING)),
            List.of(Opaques.FORMAT, SimpleType.STRING),
            a -> validate((NamedFormat) a[0], (String) a[1])));
    return functions;
  }

  private static Optional<List<String>> validate(NamedFormat format, String text) {
    List<String> problems = format.check().apply(text);
    return problems.isEmpty() ? Optional.empty() : Optional.of(problems);
  }
}
