package io.kemudi.http;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate authority for tests.
public final class TestAuthority {
  private final KeyPair keys;
  public final X509Certificate certificate;

  public TestAuthority(String name) throws Exception {
    keys = newKeys();
    certificate = sign("CN=" + name, "CN=" + name, keys, true);
    this.name = name;
  }

  private final String name;

  /// A certificate for 127.0.0.1, or a client's.
  public TlsMaterial issue(String subject) throws Exception {
    KeyPair leaf = newKeys();
    return new TlsMaterial(leaf.getPrivate(), List.of(sign(subject, "CN=" + name, leaf, false)));
  }

  private X509Certificate sign(String subject, String issuer, KeyPair of, boolean authority)
      throws Exception {
    long now = System.currentTimeMillis();
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name(issuer),
            BigInteger.valueOf(System.nanoTime()),
            new Date(now - 3_600_000),
            new Date(now + 3_600_000),
            new X500Name(subject),
            of.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  private static KeyPair newKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }
}
