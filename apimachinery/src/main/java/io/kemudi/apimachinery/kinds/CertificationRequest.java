package io.kemudi.apimachinery.kinds;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A PKCS#10 request (RFC 2986), read only as far as its signature needs: `SEQUENCE { info SEQUENCE
/// { version, subject, key, attributes }, algorithm, signature }`.
final class CertificationRequest {
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OBJECT_ID = 0x06;
  private static final String BROKEN = "asn1: structure error";

  /// By the object identifier's bytes in hex.
  private static final Map<String, String> SIGNATURES =
      Map.of(
          "2a864886f70d01010b", "SHA256withRSA",
          "2a864886f70d01010c", "SHA384withRSA",
          "2a864886f70d01010d", "SHA512withRSA",
          "2a864886f70d010105", "SHA1withRSA",
          "2a8648ce3d040302", "SHA256withECDSA",
          "2a8648ce3d040303", "SHA384withECDSA",
          "2a8648ce3d040304", "SHA512withECDSA",
          "2b6570", "Ed25519");

  private static final Map<String, String> KEYS =
      Map.of("2a864886f70d010101", "RSA", "2a8648ce3d0201", "EC", "2b6570", "Ed25519");

  private CertificationRequest() {}

  private record Element(int tag, int start, int content, int end) {}

  /// What is wrong with it, null when its signature is that of its own key.
  static @Nullable String wrong(byte[] der) {
    try {
      Element all = read(der, 0, der.length, SEQUENCE);
      Element info = read(der, all.content, all.end, SEQUENCE);
      Element algorithm = read(der, info.end, all.end, SEQUENCE);
      Element signature = read(der, algorithm.end, all.end, BIT_STRING);
      Element version = read(der, info.content, info.end, INTEGER);
      Element subject = read(der, version.end, info.end, SEQUENCE);
      Element key = read(der, subject.end, info.end, SEQUENCE);
      Element keyAlgorithm = read(der, key.content, key.end, SEQUENCE);
      String keyName = KEYS.get(objectId(der, keyAlgorithm));
      String signatureName = SIGNATURES.get(objectId(der, algorithm));
      if (keyName == null || signatureName == null) {
        return "x509: cannot verify signature: algorithm unimplemented";
      }
      PublicKey publicKey =
          KeyFactory.getInstance(keyName)
              .generatePublic(new X509EncodedKeySpec(bytes(der, key.start, key.end)));
      Signature check = Signature.getInstance(signatureName);
      check.initVerify(publicKey);
      check.update(der, info.start, info.end - info.start);
      // The first byte of a bit string counts the bits that are not used.
      boolean right = check.verify(bytes(der, signature.content + 1, signature.end));
      return right ? null : "x509: invalid signature";
    } catch (GeneralSecurityException e) {
      return "x509: invalid signature";
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      return BROKEN;
    }
  }

  private static String objectId(byte[] der, Element sequence) {
    Element id = read(der, sequence.content, sequence.end, OBJECT_ID);
    return java.util.HexFormat.of().formatHex(der, id.content, id.end);
  }

  private static byte[] bytes(byte[] der, int from, int to) {
    return Arrays.copyOfRange(der, from, to);
  }

  /// The element at `from`, which must end before `limit`.
  private static Element read(byte[] der, int from, int limit, int tag) {
    if (from + 2 > limit || (der[from] & 0xff) != tag) {
      throw new IllegalArgumentException(BROKEN);
    }
    int at = from + 1;
    long length = der[at++] & 0xff;
    if (length > 0x7f) {
      int bytes = (int) length & 0x7f;
      if (bytes == 0 || bytes > 4 || at + bytes > limit) {
        throw new IllegalArgumentException(BROKEN);
      }
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | der[at++] & 0xff;
      }
    }
    if (length > limit - at) {
      throw new IllegalArgumentException(BROKEN);
    }
    return new Element(tag, from, at, at + (int) length);
  }
}
