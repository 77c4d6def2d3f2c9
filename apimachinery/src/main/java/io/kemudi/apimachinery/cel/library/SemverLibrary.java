package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;

/// `semver`, `isSemver` and the parts and order of versions.
final class SemverLibrary {
  private static final CelType STRING = SimpleType.STRING;

  private SemverLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.global(
            "semver",
            "string_to_semver",
            Opaques.SEMVER,
            List.of(STRING),
            a -> Semver.parse((String) a[0])),
        CelFunction.global(
            "semver",
            "string_bool_to_semver",
            Opaques.SEMVER,
            List.of(STRING, SimpleType.BOOL),
            a -> parse((String) a[0], (Boolean) a[1])),
        CelFunction.global(
            "isSemver",
            "is_semver_string",
            SimpleType.BOOL,
            List.of(STRING),
            a -> isSemver((String) a[0], false)),
        CelFunction.global(
            "isSemver",
            "is_semver_string_bool",
            SimpleType.BOOL,
            List.of(STRING, SimpleType.BOOL),
            a -> isSemver((String) a[0], (Boolean) a[1])),
        number("major", "semver_major", Semver::major),
        number("minor", "semver_minor", Semver::minor),
        number("patch", "semver_patch", Semver::patch),
        compare("isGreaterThan", "semver_is_greater_than", SimpleType.BOOL, a -> order(a) > 0),
        compare("isLessThan", "semver_is_less_than", SimpleType.BOOL, a -> order(a) < 0),
        compare("compareTo", "semver_compare_to", SimpleType.INT, a -> (long) order(a)));
  }

  private static Semver parse(String text, boolean leniently) {
    return leniently ? Semver.parseLeniently(text) : Semver.parse(text);
  }

  private static boolean isSemver(String text, boolean leniently) {
    try {
      parse(text, leniently);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static int order(Object[] arguments) {
    return Integer.signum(((Semver) arguments[0]).compareTo((Semver) arguments[1]));
  }

  private static CelFunction number(String name, String id, Function<Semver, BigInteger> part) {
    return CelFunction.method(
        name,
        id,
        SimpleType.INT,
        List.of(Opaques.SEMVER),
        a -> part.apply((Semver) a[0]).longValueExact());
  }

  private static CelFunction compare(
      String name, String id, CelType result, CelFunction.Body body) {
    return CelFunction.method(name, id, result, List.of(Opaques.SEMVER, Opaques.SEMVER), body);
  }
}
