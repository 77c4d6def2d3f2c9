package io.kemudi.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Keys and certificates in PEM text, in the forms that kubeadm, openssl and we write:
/// certificates, PKCS#8, PKCS#1 (`RSA PRIVATE KEY`) and SEC 1 (`EC PRIVATE KEY`) keys.
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  // AlgorithmIdentifier SEQUENCEs, DER (RFC 8017 A.1, RFC 5480 2.1.1)
  private static final byte[] RSA_ENCRYPTION = hex("300d06092a864886f70d0101010500");
  private static final byte[] EC_P256 = hex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final byte[] EC_P384 = hex("301006072a8648ce3d020106052b81040022");
  private static final byte[] EC_P521 = hex("301006072a8648ce3d020106052b81040023");
  private static final int EC_CURVE_OFFSET = 11; // after the SEQUENCE's head and id-ecPublicKey

  private Pem() {}

  private record Block(String label, byte[] der) {}

  /// All certificates of the text, in order.
  public static List<X509Certificate> certificates(String text) throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.label.equals("CERTIFICATE")) {
        found.add(certificate(block.der));
      }
    }
    if (found.isEmpty()) {
      throw new IOException("no CERTIFICATE block in the PEM text");
    }
    return found;
  }

  /// All certificates of a file, which failures name.
  public static List<X509Certificate> certificates(Path file) throws IOException {
    String text = Files.readString(file);
    try {
      return certificates(text);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /// The first private key of a file, which failures name.
  public static PrivateKey privateKey(Path file) throws IOException {
    String text = Files.readString(file);
    try {
      return privateKey(text);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  public static X509Certificate certificate(byte[] der) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new IOException("not an X.509 certificate: " + e.getMessage(), e);
    }
  }

  /// The first private key of the text.
  public static PrivateKey privateKey(String text) throws IOException {
    for (Block block : blocks(text)) {
      switch (block.label) {
        case "PRIVATE KEY" -> {
          return pkcs8(block.der);
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(wrap(RSA_ENCRYPTION, block.der));
        }
        case "EC PRIVATE KEY" -> {
          return pkcs8(wrap(curve(block.der), block.der));
        }
        default -> {
          // EC PARAMETERS and certificates may stand beside the key
        }
      }
    }
    throw new IOException("no private key in the PEM text (encrypted keys are not supported)");
  }

  /// The public keys of the text: `PUBLIC KEY` blocks, and those of certificates.
  public static List<PublicKey> publicKeys(String text) throws IOException {
    List<PublicKey> found = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.label.equals("PUBLIC KEY")) {
        found.add(publicKey(block.der));
      } else if (block.label.equals("CERTIFICATE")) {
        found.add(certificate(block.der).getPublicKey());
      }
    }
    return found;
  }

  public static String write(X509Certificate certificate) {
    try {
      return write("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("certificate without an encoding", e);
    }
  }

  /// A private key as PKCS#8, a public key as SubjectPublicKeyInfo.
  public static String write(Key key) {
    return write(key instanceof PrivateKey ? "PRIVATE KEY" : "PUBLIC KEY", key.getEncoded());
  }

  /// A pair's private key as client-go writes it: EC keys as SEC 1 with curve and public key,
  /// others as PKCS#8. Clients that tell a key's algorithm by its label take `PRIVATE KEY` for RSA.
  public static String write(KeyPair pair) {
    return pair.getPrivate() instanceof ECPrivateKey ec
        ? write("EC PRIVATE KEY", sec1(ec, pair.getPublic()))
        : write(pair.getPrivate());
  }

  public static String write(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    var matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(
          new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).strip())));
    }
    return blocks;
  }

  private static PrivateKey pkcs8(byte[] der) throws IOException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // another algorithm's key
      }
    }
    throw new IOException("the private key is neither RSA nor EC nor Ed25519");
  }

  private static PublicKey publicKey(byte[] der) throws IOException {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // another algorithm's key
      }
    }
    throw new IOException("the public key is neither RSA nor EC nor Ed25519");
  }

  /// A SEC 1 key (RFC 5915) need not name its curve; the length of its secret tells it.
  private static byte[] curve(byte[] sec1) throws IOException {
    // SEQUENCE { INTEGER 1, OCTET STRING secret ...
    int secret = indexOf(sec1, new byte[] {2, 1, 1, 4});
    return switch (secret < 0 || secret + 4 >= sec1.length ? 0 : sec1[secret + 4]) {
      case 32 -> EC_P256;
      case 48 -> EC_P384;
      case 66 -> EC_P521;
      default -> throw new IOException("the EC key is on none of the curves P-256, P-384, P-521");
    };
  }

  /// ECPrivateKey ::= SEQUENCE { 1, OCTET STRING secret, [0] curve, [1] BIT STRING public key }
  /// (RFC 5915). Both options are written: most readers cannot do without the curve, and
  /// client-java not without the public key.
  private static byte[] sec1(ECPrivateKey key, PublicKey publicKey) {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    byte[] algorithm =
        switch (bits) {
          case 256 -> EC_P256;
          case 384 -> EC_P384;
          case 521 -> EC_P521;
          default -> throw new IllegalArgumentException("no known curve has " + bits + " bits");
        };
    byte[] secret = new byte[(bits + 7) / 8];
    byte[] number = key.getS().toByteArray(); // may have a sign byte, or less than the full length
    int length = Math.min(number.length, secret.length);
    System.arraycopy(number, number.length - length, secret, secret.length - length, length);
    // SubjectPublicKeyInfo ends in the bit string: no unused bits, uncompressed (4), x, y.
    byte[] info = publicKey.getEncoded();
    byte[] point = Arrays.copyOfRange(info, info.length - 2 - 2 * secret.length, info.length);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(new byte[] {2, 1, 1});
    content.writeBytes(tagged(4, secret));
    content.writeBytes(
        tagged(0xa0, Arrays.copyOfRange(algorithm, EC_CURVE_OFFSET, algorithm.length)));
    content.writeBytes(tagged(0xa1, tagged(3, point)));
    return tagged(0x30, content.toByteArray());
  }

  /// PrivateKeyInfo ::= SEQUENCE { version 0, algorithm, OCTET STRING key } (RFC 5208).
  private static byte[] wrap(byte[] algorithm, byte[] key) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(new byte[] {2, 1, 0});
    content.writeBytes(algorithm);
    content.writeBytes(tagged(4, key));
    return tagged(0x30, content.toByteArray());
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.length;
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length & 0xff);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] hex(String digits) {
    return java.util.HexFormat.of().parseHex(digits);
  }
}
