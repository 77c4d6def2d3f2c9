package io.kemudi.apiserver.encryption;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/// Upstream's `secretbox`: a random nonce of 24 bytes, then NaCl's secretbox (XSalsa20-Poly1305):
/// the tag of 16 bytes and the ciphertext. The key in the store is not authenticated, which is
/// upstream's format.
final class Secretbox implements ValueCipher {
  private static final int NONCE = 24;
  private static final int TAG = 16;

  /// The first bytes of the key stream are the key of the tag.
  private static final int TAG_KEY = 32;

  private final byte[] key;
  private final SecureRandom random;

  Secretbox(byte[] key, SecureRandom random) {
    this.key = key.clone();
    this.random = random;
  }

  @Override
  public byte[] seal(byte[] plain, byte[] context) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    return sealWith(nonce, plain);
  }

  byte[] sealWith(byte[] nonce, byte[] plain) {
    byte[] sealed = Arrays.copyOf(nonce, NONCE + TAG + plain.length);
    XSalsa20Engine stream = stream(nonce);
    byte[] tagKey = tagKey(stream);
    stream.processBytes(plain, 0, plain.length, sealed, NONCE + TAG);
    System.arraycopy(tag(tagKey, sealed), 0, sealed, NONCE, TAG);
    return sealed;
  }

  @Override
  public byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
    if (sealed.length < NONCE + TAG) {
      throw new AEADBadTagException("too short");
    }
    XSalsa20Engine stream = stream(Arrays.copyOf(sealed, NONCE));
    byte[] expected = tag(tagKey(stream), sealed);
    if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(sealed, NONCE, NONCE + TAG))) {
      throw new AEADBadTagException("the tag is another one");
    }
    byte[] plain = new byte[sealed.length - NONCE - TAG];
    stream.processBytes(sealed, NONCE + TAG, plain.length, plain, 0);
    return plain;
  }

  private XSalsa20Engine stream(byte[] nonce) {
    XSalsa20Engine stream = new XSalsa20Engine();
    stream.init(true, new ParametersWithIV(new KeyParameter(key), nonce));
    return stream;
  }

  private static byte[] tagKey(XSalsa20Engine stream) {
    byte[] tagKey = new byte[TAG_KEY];
    stream.processBytes(new byte[TAG_KEY], 0, TAG_KEY, tagKey, 0);
    return tagKey;
  }

  private static byte[] tag(byte[] tagKey, byte[] sealed) {
    Poly1305 mac = new Poly1305();
    mac.init(new KeyParameter(tagKey));
    mac.update(sealed, NONCE + TAG, sealed.length - NONCE - TAG);
    byte[] tag = new byte[TAG];
    mac.doFinal(tag, 0);
    return tag;
  }
}
