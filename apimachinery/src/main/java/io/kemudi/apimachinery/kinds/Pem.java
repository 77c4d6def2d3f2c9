package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Certificates and requests for them, in their textual form (RFC 7468).
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([^-\\r\\n]*+)-----\\s*+(?<headers>(?:[^:\\r\\n]++:[^\\r\\n]*+\\r?\\n)*+)"
              + "(?<body>[A-Za-z0-9+/=\\s]*+)-----END \\1-----");

  private Pem() {}

  /// What is wrong with a request's bytes, null when it is one.
  static @Nullable String wrongRequest(ByteString bytes) {
    Matcher block = BLOCK.matcher(text(bytes));
    if (!block.find() || !block.group(1).equals("CERTIFICATE REQUEST")) {
      return "PEM block type must be CERTIFICATE REQUEST";
    }
    byte[] der = decoded(block.group("body"));
    return der == null ? "asn1: structure error" : CertificationRequest.wrong(der);
  }

  /// What is wrong with the certificates a signer gave; null also for none at all.
  static @Nullable String wrongCertificates(ByteString bytes) {
    if (bytes.isEmpty()) {
      return null;
    }
    Matcher block = BLOCK.matcher(text(bytes));
    int blocks = 0;
    while (block.find()) {
      if (!block.group(1).equals("CERTIFICATE")) {
        return "only CERTIFICATE PEM blocks are allowed, found \"" + block.group(1) + "\"";
      }
      if (!block.group("headers").isEmpty()) {
        return "no PEM block headers are permitted";
      }
      byte[] der = decoded(block.group("body"));
      if (der == null || der.length == 0) {
        return "found CERTIFICATE PEM block containing 0 certificates";
      }
      try {
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
      } catch (CertificateException e) {
        return "x509: malformed certificate";
      }
      blocks++;
    }
    return blocks == 0 ? "must contain at least one CERTIFICATE PEM block" : null;
  }

  private static String text(ByteString bytes) {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static byte @Nullable [] decoded(String body) {
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }
}
