package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Signs and verifies compact JSON web tokens (RFC 7515) with the cluster's service account keys:
/// RS256, or ES256/384/512 by the key's curve. The algorithm is taken from the key, never from the
/// token.
final class JsonWebTokens {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private final PrivateKey signingKey;
  private final Key signer;
  private final List<Key> verifiers = new ArrayList<>();

  private record Key(String id, String algorithm, PublicKey key) {}

  /// `publicKeys` verify; the first belongs to the signing key.
  JsonWebTokens(PrivateKey signingKey, List<PublicKey> publicKeys) {
    this.signingKey = signingKey;
    for (PublicKey key : publicKeys) {
      verifiers.add(new Key(keyId(key), algorithm(key), key));
    }
    if (verifiers.isEmpty()) {
      throw new IllegalArgumentException("service account tokens need a public key");
    }
    signer = verifiers.getFirst();
  }

  String sign(Map<String, @Nullable Object> claims) {
    Map<String, @Nullable Object> header = new LinkedHashMap<>();
    header.put("alg", signer.algorithm);
    header.put("kid", signer.id);
    String signed =
        ENCODER.encodeToString(Json.write(header))
            + "."
            + ENCODER.encodeToString(Json.write(claims));
    try {
      Signature signature = Signature.getInstance(javaName(signer.algorithm));
      signature.initSign(signingKey);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + ENCODER.encodeToString(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the service account key cannot sign: " + e.getMessage(), e);
    }
  }

  /// The claims without any proof; null when the text is no token.
  static @Nullable Map<String, @Nullable Object> unverifiedClaims(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    try {
      return Json.parseObject(DECODER.decode(parts[1]));
    } catch (IllegalArgumentException | CodecException e) {
      return null;
    }
  }

  /// Whether one of the keys signed the token.
  boolean verify(String token) {
    String[] parts = token.split("\\.", -1);
    byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
    String keyId;
    byte[] proof;
    try {
      keyId = String.valueOf(Json.parseObject(DECODER.decode(parts[0])).get("kid"));
      proof = DECODER.decode(parts[2]);
    } catch (IllegalArgumentException | CodecException e) {
      return false;
    }
    boolean named = verifiers.stream().anyMatch(key -> key.id.equals(keyId));
    for (Key key : verifiers) {
      if ((!named || key.id.equals(keyId)) && verify(key, signed, proof)) {
        return true;
      }
    }
    return false;
  }

  private static boolean verify(Key key, byte[] signed, byte[] proof) {
    try {
      Signature signature = Signature.getInstance(javaName(key.algorithm));
      signature.initVerify(key.key);
      signature.update(signed);
      return signature.verify(proof);
    } catch (GeneralSecurityException e) {
      return false; // a proof of the wrong length for this key
    }
  }

  /// The keys for `/openid/v1/jwks`.
  Map<String, @Nullable Object> keySet() {
    List<@Nullable Object> keys = new ArrayList<>();
    for (Key key : verifiers) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("use", "sig");
      switch (key.key) {
        case RSAPublicKey rsa -> {
          entry.put("kty", "RSA");
          entry.put("kid", key.id);
          entry.put("alg", key.algorithm);
          entry.put("n", unsigned(rsa.getModulus(), 0));
          entry.put("e", unsigned(rsa.getPublicExponent(), 0));
        }
        case ECPublicKey ec -> {
          int bytes = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
          entry.put("kty", "EC");
          entry.put("kid", key.id);
          entry.put("crv", "P-" + ec.getParams().getCurve().getField().getFieldSize());
          entry.put("alg", key.algorithm);
          entry.put("x", unsigned(ec.getW().getAffineX(), bytes));
          entry.put("y", unsigned(ec.getW().getAffineY(), bytes));
        }
        default -> throw new IllegalStateException("an unchecked key " + key.key.getAlgorithm());
      }
      keys.add(entry);
    }
    Map<String, @Nullable Object> set = new LinkedHashMap<>();
    set.put("keys", keys);
    return set;
  }

  List<@Nullable Object> algorithms() {
    return new ArrayList<>(verifiers.stream().map(Key::algorithm).distinct().toList());
  }

  private static String unsigned(java.math.BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    int skip = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int pad = Math.max(0, length - (bytes.length - skip));
    byte[] out = new byte[pad + bytes.length - skip];
    System.arraycopy(bytes, skip, out, pad, bytes.length - skip);
    return ENCODER.encodeToString(out);
  }

  /// As upstream derives it: the digest of the key's SubjectPublicKeyInfo.
  private static String keyId(PublicKey key) {
    try {
      return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String algorithm(PublicKey key) {
    return switch (key) {
      case RSAPublicKey _ -> "RS256";
      case ECPublicKey ec ->
          switch (ec.getParams().getCurve().getField().getFieldSize()) {
            case 256 -> "ES256";
            case 384 -> "ES384";
            case 521 -> "ES512";
            default -> throw new IllegalArgumentException("an EC key on an unsupported curve");
          };
      default ->
          throw new IllegalArgumentException(
              "a service account key must be RSA or EC, not " + key.getAlgorithm());
    };
  }

  private static String javaName(String algorithm) {
    return switch (algorithm) {
      case "RS256" -> "SHA256withRSA";
      case "ES256" -> "SHA256withECDSAinP1363Format";
      case "ES384" -> "SHA384withECDSAinP1363Format";
      case "ES512" -> "SHA512withECDSAinP1363Format";
      default -> throw new IllegalStateException(algorithm);
    };
  }
}
