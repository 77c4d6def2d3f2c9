package io.kemudi.apiserver.admission;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.naming.NamingException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;

/// The subject of a PKCS #10 request (RFC 2986), as far as admission looks at it. The JDK reads
/// names, but no requests.
final class SigningRequestSubject {
  private static final String BEGIN = "-----BEGIN CERTIFICATE REQUEST-----";
  private static final String END = "-----END CERTIFICATE REQUEST-----";
  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  private final byte[] der;
  private int at;

  private SigningRequestSubject(byte[] der) {
    this.der = der;
  }

  /// The organizations (for Kubernetes: groups) of the subject. `encoded` is the PEM text in
  /// base64, as JSON has it.
  ///
  /// @throws IllegalArgumentException when it is no request
  static List<String> organizations(String encoded) {
    return values(subject(encoded), "O");
  }

  /// The common name (for Kubernetes: user name) of the subject; "" when it has none.
  ///
  /// @throws IllegalArgumentException when it is no request
  static String commonName(String encoded) {
    List<String> names = values(subject(encoded), "CN");
    return names.isEmpty() ? "" : names.getFirst();
  }

  private static byte[] subject(String encoded) {
    String pem = new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("PEM block type must be CERTIFICATE REQUEST");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    return new SigningRequestSubject(der).subject();
  }

  private static List<String> values(byte[] name, String attribute) {
    List<String> found = new ArrayList<>();
    try {
      X500Principal principal = new X500Principal(name);
      for (Rdn rdn : new LdapName(principal.getName(X500Principal.RFC2253)).getRdns()) {
        // one relative name may hold several attributes
        var values = rdn.toAttributes().get(attribute);
        for (int i = 0; values != null && i < values.size(); i++) {
          found.add(String.valueOf(values.get(i)));
        }
      }
    } catch (NamingException e) {
      throw new IllegalArgumentException("its subject cannot be read", e);
    }
    return found;
  }

  /// ```
  /// CertificationRequest     ::= SEQUENCE { certificationRequestInfo, ... }
  /// CertificationRequestInfo ::= SEQUENCE { version INTEGER, subject Name, ... }
  /// ```
  private byte[] subject() {
    enter(SEQUENCE);
    enter(SEQUENCE);
    int version = enter(INTEGER);
    at += version;
    int start = at;
    int length = enter(SEQUENCE);
    if (length > der.length - at) {
      throw new IllegalArgumentException("it is cut off");
    }
    return Arrays.copyOfRange(der, start, at + length);
  }

  /// Steps into the next value and answers its length in bytes.
  private int enter(int tag) {
    if (next() != tag) {
      throw new IllegalArgumentException("it is no PKCS #10 request");
    }
    int length = next();
    if (length < 0x80) {
      return length;
    }
    int bytes = length & 0x7f;
    if (bytes == 0 || bytes > 3) {
      throw new IllegalArgumentException("it is no DER");
    }
    length = 0;
    for (int i = 0; i < bytes; i++) {
      length = length << 8 | next();
    }
    return length;
  }

  private int next() {
    if (at < 0 || at >= der.length) {
      throw new IllegalArgumentException("it is cut off");
    }
    return der[at++] & 0xff;
  }
}
