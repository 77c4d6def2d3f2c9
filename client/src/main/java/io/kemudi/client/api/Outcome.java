package io.kemudi.client.api;

import io.kemudi.apimachinery.errors.ApiException;

/// How one operation of a batch ended.
public sealed interface Outcome<T> {
  record Done<T>(T value) implements Outcome<T> {}

  record Refused<T>(ApiException why) implements Outcome<T> {}
}
