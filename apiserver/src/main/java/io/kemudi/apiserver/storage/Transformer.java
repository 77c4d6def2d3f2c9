package io.kemudi.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Stands between objects and their stored bytes, to encrypt them. The key of the value is part of
/// what is authenticated, so that a value cannot be moved to another key. Any thread.
public interface Transformer {
  /// What every encrypted value begins with (upstream's).
  String ENCRYPTED = "k8s:enc:";

  /// Stores as is; reads only what is not encrypted.
  Transformer IDENTITY =
      new Transformer() {
        @Override
        public byte[] toStored(String key, byte[] plain) {
          return plain;
        }

        @Override
        public Plain fromStored(String key, byte[] stored) {
          if (isEncrypted(stored)) {
            throw new UnreadableValueException(
                key
                    + " was encrypted by "
                    + keyOf(stored)
                    + ", and no encryption is configured for its resource:"
                    + " give the configuration it was written with (--encryption-provider-config)");
          }
          return new Plain(stored, false);
        }
      };

  byte[] toStored(String key, byte[] plain);

  /// @throws UnreadableValueException when the value is encrypted and cannot be decrypted
  Plain fromStored(String key, byte[] stored);

  /// What was stored. `stale` says that it would be written differently today (another key, or not
  /// encrypted at all), so that the next write rewrites it even if nothing else changes.
  record Plain(byte[] bytes, boolean stale) {}

  static boolean isEncrypted(byte[] stored) {
    int length = ENCRYPTED.length();
    return stored.length >= length
        && new String(stored, 0, length, StandardCharsets.ISO_8859_1).equals(ENCRYPTED);
  }

  /// By what an encrypted value says that it was encrypted: `the aesgcm key "key1"`. It is in the
  /// clear: `k8s:enc:PROVIDER:VERSION:NAME:`.
  static String keyOf(byte[] stored) {
    byte[] head = Arrays.copyOf(stored, Math.min(stored.length, 300));
    String[] parts = new String(head, StandardCharsets.ISO_8859_1).split(":", 6);
    return parts.length < 6
        ? "an unknown key"
        : "the " + printable(parts[2]) + " key \"" + printable(parts[4]) + "\"";
  }

  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
