package io.kemudi.apiserver.storage;

/// Stands between objects and their stored bytes, to encrypt them. The key of the value is part of
/// what is authenticated, so that a value cannot be moved to another key.
public interface Transformer {
  /// Stores as is; reads only what is not encrypted.
  Transformer IDENTITY =
      new Transformer() {
        @Override
        public byte[] toStored(String key, byte[] plain) {
          return plain;
        }

        @Override
        public Plain fromStored(String key, byte[] stored) {
          return new Plain(stored, false);
        }
      };

  byte[] toStored(String key, byte[] plain);

  /// @throws IllegalArgumentException when the value cannot be read, saying why
  Plain fromStored(String key, byte[] stored);

  /// What was stored. `stale` says that it would be written differently today (another key, or not
  /// encrypted at all), so that the next write rewrites it even if nothing else changes.
  record Plain(byte[] bytes, boolean stale) {}
}
