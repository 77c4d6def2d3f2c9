package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.apimachinery.quantity.QuantityFormatException;
import java.math.BigDecimal;
import java.util.List;

/// `quantity`, `isQuantity`, and what can be done with amounts.
final class QuantityLibrary {
  private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal MIN = BigDecimal.valueOf(Long.MIN_VALUE);

  private QuantityLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.global(
            "quantity",
            "string_to_quantity",
            Opaques.QUANTITY,
            List.of(SimpleType.STRING),
            a -> parse((String) a[0])),
        CelFunction.global(
            "isQuantity",
            "is_quantity_string",
            SimpleType.BOOL,
            List.of(SimpleType.STRING),
            a -> isQuantity((String) a[0])),
        unary("sign", "quantity_sign", SimpleType.INT, a -> (long) quantity(a[0]).signum()),
        unary("isInteger", "quantity_is_integer", SimpleType.BOOL, a -> isInteger(quantity(a[0]))),
        unary("asInteger", "quantity_as_integer", SimpleType.INT, a -> asInteger(quantity(a[0]))),
        unary(
            "asApproximateFloat",
            "quantity_get_float",
            SimpleType.DOUBLE,
            a -> quantity(a[0]).toDouble()),
        binary(
            "isGreaterThan",
            "quantity_is_greater_than",
            SimpleType.BOOL,
            a -> quantity(a[0]).compareTo(quantity(a[1])) > 0),
        binary(
            "isLessThan",
            "quantity_is_less_than",
            SimpleType.BOOL,
            a -> quantity(a[0]).compareTo(quantity(a[1])) < 0),
        binary(
            "compareTo",
            "quantity_compare_to",
            SimpleType.INT,
            a -> (long) Integer.signum(quantity(a[0]).compareTo(quantity(a[1])))),
        binary("add", "quantity_add", Opaques.QUANTITY, a -> quantity(a[0]).plus(quantity(a[1]))),
        binary("sub", "quantity_sub", Opaques.QUANTITY, a -> quantity(a[0]).minus(quantity(a[1]))),
        withInt("add", "quantity_add_int", a -> quantity(a[0]).plus(Quantity.of((Long) a[1]))),
        withInt("sub", "quantity_sub_int", a -> quantity(a[0]).minus(Quantity.of((Long) a[1]))));
  }

  private static CelFunction unary(String name, String id, CelType result, CelFunction.Body body) {
    return CelFunction.method(name, id, result, List.of(Opaques.QUANTITY), body);
  }

  private static CelFunction binary(String name, String id, CelType result, CelFunction.Body body) {
    return CelFunction.method(name, id, result, List.of(Opaques.QUANTITY, Opaques.QUANTITY), body);
  }

  private static CelFunction withInt(String name, String id, CelFunction.Body body) {
    return CelFunction.method(
        name, id, Opaques.QUANTITY, List.of(Opaques.QUANTITY, SimpleType.INT), body);
  }

  private static Quantity quantity(Object value) {
    return (Quantity) value;
  }

  private static Quantity parse(String text) {
    try {
      return Quantity.parse(text);
    } catch (QuantityFormatException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isQuantity(String text) {
    try {
      Quantity.parse(text);
      return true;
    } catch (QuantityFormatException _) {
      return false;
    }
  }

  private static boolean isInteger(Quantity quantity) {
    BigDecimal exact = quantity.toBigDecimal();
    return quantity.isMultipleOf(0) && exact.compareTo(MIN) >= 0 && exact.compareTo(MAX) <= 0;
  }

  private static long asInteger(Quantity quantity) {
    if (!isInteger(quantity)) {
      throw new IllegalArgumentException("cannot convert value to integer");
    }
    return quantity.value();
  }
}
