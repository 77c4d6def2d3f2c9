package io.kemudi.simulation.replay;

import io.kemudi.http.TlsMaterial;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A key for as long as a replay runs, with a certificate that it signed itself, for 127.0.0.1.
final class TemporaryIdentity {
  private static final Duration BACKDATE = Duration.ofHours(1);
  private static final Duration LIFE = Duration.ofDays(1);

  private TemporaryIdentity() {}

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  static TlsMaterial make() throws GeneralSecurityException {
    KeyPair keys = newKeys();
    var name = new X500Name("CN=kemudi-replay");
    Instant now = Instant.now();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(64, new SecureRandom()),
              Date.from(now.minus(BACKDATE)),
              Date.from(now.plus(LIFE)),
              name,
              keys.getPublic());
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      X509Certificate certificate =
          new JcaX509CertificateConverter().getCertificate(builder.build(signer));
      return new TlsMaterial(keys.getPrivate(), List.of(certificate));
    } catch (OperatorCreationException | java.io.IOException e) {
      throw new GeneralSecurityException("cannot sign a temporary certificate", e);
    }
  }
}
