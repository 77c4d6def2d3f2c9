package io.kemudi.apiserver.encryption;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// One way of storing a resource's values.
sealed interface Provider {
  /// In the clear.
  record Identity() implements Provider {}

  /// Encrypted with one key, behind a prefix that names it.
  ///
  /// @param type `aesgcm`, `aescbc` or `secretbox`
  /// @param name of the key
  record Keyed(String type, String name, byte[] prefix, ValueCipher cipher) implements Provider {
    Keyed(String type, String name, ValueCipher cipher) {
      this(
          type,
          name,
          ("k8s:enc:" + type + ":v1:" + name + ":").getBytes(StandardCharsets.UTF_8),
          cipher);
    }

    boolean wrote(byte[] stored) {
      return stored.length >= prefix.length
          && Arrays.equals(stored, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// Never shows the key.
    @Override
    public String toString() {
      return type + " key \"" + name + "\"";
    }
  }
}
