package io.kemudi.apiserver.encryption;

import java.security.GeneralSecurityException;

/// Encrypts and decrypts whole values with one key. Any thread.
interface ValueCipher {
  /// @param context what the value belongs to (its key in the store); authenticated where the
  ///   cipher can
  byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException;

  /// @throws GeneralSecurityException when this key did not make it, or not for this context
  byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException;
}
