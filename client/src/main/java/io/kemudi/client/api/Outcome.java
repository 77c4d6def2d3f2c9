package io.kemudi.client.api;

import io.kemudi.apimachinery.errors.ApiException;
import java.util.function.Supplier;

/// How one operation of a batch ended.
public sealed interface Outcome<T> {
  record Done<T>(T value) implements Outcome<T> {}

  record Refused<T>(ApiException why) implements Outcome<T> {}

  /// What came of `call`.
  static <T> Outcome<T> of(Supplier<T> call) {
    try {
      return new Done<>(call.get());
    } catch (ApiException refused) {
      return new Refused<>(refused);
    }
  }
}
