package io.kemudi.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Upstream's `aescbc`: a random vector of 16 bytes, then the ciphertext with PKCS#7 padding.
/// Authenticates nothing: for reading what was written so, and for who asks for it.
final class AesCbc implements ValueCipher {
  private static final int BLOCK = 16;

  private final SecretKey key;
  private final SecureRandom random;

  AesCbc(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  @Override
  public byte[] seal(byte[] plain, byte[] context) throws GeneralSecurityException {
    byte[] vector = new byte[BLOCK];
    random.nextBytes(vector);
    byte[] text = cipher(Cipher.ENCRYPT_MODE, vector).doFinal(plain);
    byte[] sealed = Arrays.copyOf(vector, BLOCK + text.length);
    System.arraycopy(text, 0, sealed, BLOCK, text.length);
    return sealed;
  }

  @Override
  public byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
    if (sealed.length < 2 * BLOCK || sealed.length % BLOCK != 0) {
      throw new BadPaddingException("not whole blocks");
    }
    return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, BLOCK))
        .doFinal(sealed, BLOCK, sealed.length - BLOCK);
  }

  private Cipher cipher(int mode, byte[] vector) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    cipher.init(mode, key, new IvParameterSpec(vector));
    return cipher;
  }
}
