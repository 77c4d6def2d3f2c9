package io.kemudi.launcher.pki;

import io.kemudi.http.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Signs certificates with a key on disk. Keys are ECDSA P-256: small, fast to make and understood
/// by every client.
///
/// Not thread-safe; used while a cluster starts.
public final class CertificateAuthority {
  /// Long enough that nobody's cluster dies of it; its leaves are renewed far more often.
  private static final Duration CA_LIFE = Duration.ofDays(3650);

  private static final Duration LEAF_LIFE = Duration.ofDays(365);

  /// Covers clocks that are a little behind.
  private static final Duration BACKDATE = Duration.ofMinutes(5);

  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final Instant now;
  private final SecureRandom random;

  private CertificateAuthority(
      PrivateKey key, X509Certificate certificate, Instant now, SecureRandom random) {
    this.key = key;
    this.certificate = certificate;
    this.now = now;
    this.random = random;
  }

  /// Opens the authority kept in `dir` as `ca.key` and `ca.crt`, or makes a new one there.
  public static CertificateAuthority openOrCreate(Path dir, Instant now, SecureRandom random)
      throws IOException, GeneralSecurityException {
    Path keyFile = dir.resolve("ca.key");
    Path certificateFile = dir.resolve("ca.crt");
    if (Files.exists(keyFile) && Files.exists(certificateFile)) {
      return new CertificateAuthority(
          Pem.privateKey(keyFile), Pem.certificates(certificateFile).getFirst(), now, random);
    }
    KeyPair pair = newKey();
    X509Certificate self =
        sign(
            pair.getPrivate(),
            null,
            pair.getPublic(),
            new Subject("kubernetes", List.of()),
            List.of(),
            CA_LIFE,
            now,
            random);
    PrivateFile.write(keyFile, Pem.write(pair));
    PrivateFile.write(certificateFile, Pem.write(self));
    return new CertificateAuthority(pair.getPrivate(), self, now, random);
  }

  /// Who a certificate is for: the user name and the groups, as authentication reads them.
  public record Subject(String commonName, List<String> organizations) {}

  public X509Certificate certificate() {
    return certificate;
  }

  /// The key and certificate kept under `name` in `dir`, issued anew when there is none, when it
  /// does not fit the request, is another authority's, or has lived two thirds of its life.
  /// `addresses` are host names and IP addresses; a certificate serves servers when there are any.
  public KeyAndCertificate ensure(Path dir, String name, Subject subject, List<String> addresses)
      throws IOException, GeneralSecurityException {
    var files = new KeyAndCertificate(dir.resolve(name + ".key"), dir.resolve(name + ".crt"));
    Path request = dir.resolve(name + ".request");
    String wanted = subject + " " + addresses;
    if (!usable(files, request, wanted)) {
      KeyPair pair = newKey();
      X509Certificate issued =
          sign(key, certificate, pair.getPublic(), subject, addresses, LEAF_LIFE, now, random);
      PrivateFile.write(files.key(), Pem.write(pair));
      PrivateFile.write(files.certificate(), Pem.write(issued));
      PrivateFile.write(request, wanted);
    }
    return files;
  }

  private boolean usable(KeyAndCertificate files, Path request, String wanted) throws IOException {
    if (!Files.exists(files.key())
        || !Files.exists(files.certificate())
        || !Files.exists(request)
        || !Files.readString(request).equals(wanted)) {
      return false;
    }
    try {
      X509Certificate old = Pem.certificates(files.certificate()).getFirst();
      old.verify(certificate.getPublicKey());
      Instant end = old.getNotAfter().toInstant();
      return now.isBefore(end.minus(LEAF_LIFE.dividedBy(3)));
    } catch (GeneralSecurityException | IOException e) {
      return false; // damaged, or not ours: a new one costs nothing
    }
  }

  static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      PrivateKey issuerKey,
      @org.jspecify.annotations.Nullable X509Certificate issuer,
      PublicKey subjectKey,
      Subject subject,
      List<String> addresses,
      Duration life,
      Instant now,
      SecureRandom random)
      throws GeneralSecurityException {
    var name = new X500NameBuilder(BCStyle.INSTANCE);
    subject.organizations().forEach(o -> name.addRDN(BCStyle.O, o));
    name.addRDN(BCStyle.CN, subject.commonName());
    var serial = new BigInteger(127, random).add(BigInteger.ONE);
    Date from = Date.from(now.minus(BACKDATE));
    Date to = Date.from(now.plus(life));
    var builder =
        issuer == null
            ? new JcaX509v3CertificateBuilder(
                name.build(), serial, from, to, name.build(), subjectKey)
            : new JcaX509v3CertificateBuilder(
                issuer,
                serial,
                from,
                to,
                new javax.security.auth.x500.X500Principal(encoded(name)),
                subjectKey);
    try {
      addExtensions(builder, issuer, subjectKey, addresses);
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (IOException | OperatorCreationException e) {
      throw new GeneralSecurityException("could not sign for " + subject.commonName(), e);
    }
  }

  private static byte[] encoded(X500NameBuilder name) throws GeneralSecurityException {
    try {
      return name.build().getEncoded();
    } catch (IOException e) {
      throw new GeneralSecurityException("the subject's name cannot be encoded", e);
    }
  }

  private static void addExtensions(
      JcaX509v3CertificateBuilder builder,
      @org.jspecify.annotations.Nullable X509Certificate issuer,
      PublicKey subjectKey,
      List<String> addresses)
      throws GeneralSecurityException, IOException {
    var utilities = new JcaX509ExtensionUtils();
    boolean authority = issuer == null;
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    int usage =
        authority
            ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign
            : KeyUsage.digitalSignature | KeyUsage.keyEncipherment;
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, utilities.createSubjectKeyIdentifier(subjectKey));
    if (issuer == null) {
      return;
    }
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        utilities.createAuthorityKeyIdentifier(issuer.getPublicKey()));
    KeyPurposeId[] purposes =
        addresses.isEmpty()
            ? new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth}
            : new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    if (!addresses.isEmpty()) {
      GeneralName[] names =
          addresses.stream()
              .map(a ->
                  new GeneralName(
                      IP_ADDRESS.matcher(a).matches() ? GeneralName.iPAddress : GeneralName.dNSName,
                      a))
              .toArray(GeneralName[]::new);
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
  }
}
