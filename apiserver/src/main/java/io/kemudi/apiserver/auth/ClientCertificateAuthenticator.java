package io.kemudi.apiserver.auth;

import io.kemudi.apiserver.registry.User;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows the holders of certificates signed by the cluster's authority: the common name is the
/// user, the organizations are the groups.
public final class ClientCertificateAuthenticator implements Authenticator {
  private static final Logger log = LoggerFactory.getLogger(ClientCertificateAuthenticator.class);
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";
  // chains of a few thousand nodes; checking one costs a signature
  private static final int REMEMBERED = 4096;

  private final Set<TrustAnchor> authorities = new HashSet<>();
  private final InstantSource clock;

  /// leaf certificate -> who it is, once its chain was found good; its dates are checked each time
  private final Map<X509Certificate, User> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(64, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<X509Certificate, User> eldest) {
              return size() > REMEMBERED;
            }
          });

  public ClientCertificateAuthenticator(List<X509Certificate> authorities, InstantSource clock) {
    for (X509Certificate authority : authorities) {
      this.authorities.add(new TrustAnchor(authority, null));
    }
    this.clock = clock;
  }

  @Override
  public @Nullable User authenticate(Credentials credentials) {
    if (credentials.chain().isEmpty() || authorities.isEmpty()) {
      return null;
    }
    X509Certificate leaf = credentials.chain().getFirst();
    try {
      leaf.checkValidity(Date.from(clock.instant()));
      User user = known.get(leaf);
      if (user == null) {
        verify(credentials.chain());
        user = user(leaf);
        known.put(leaf, user);
      }
      return user;
    } catch (GeneralSecurityException e) {
      log.info("client certificate {} refused: {}", leaf.getSubjectX500Principal(), e.getMessage());
      return null; // a bearer token may still identify the client
    }
  }

  private void verify(List<X509Certificate> chain) throws GeneralSecurityException {
    List<String> usages = chain.getFirst().getExtendedKeyUsage();
    if (usages != null && !usages.contains(CLIENT_AUTH) && !usages.contains(ANY_USAGE)) {
      throw new GeneralSecurityException("the certificate is not for client authentication");
    }
    PKIXParameters parameters = new PKIXParameters(authorities);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(withoutRoot(chain)),
            parameters);
  }

  /// A client may send the authority itself too; a path must not contain its anchor.
  private List<X509Certificate> withoutRoot(List<X509Certificate> chain) {
    List<X509Certificate> path = new ArrayList<>(chain);
    path.removeIf(
        each -> authorities.stream().anyMatch(anchor -> each.equals(anchor.getTrustedCert())));
    return path.isEmpty() ? chain : path;
  }

  private static User user(X509Certificate leaf) throws GeneralSecurityException {
    X500Name subject = X500Name.getInstance(leaf.getSubjectX500Principal().getEncoded());
    List<String> names = values(subject.getRDNs(BCStyle.CN));
    if (names.isEmpty() || names.getFirst().isEmpty()) {
      throw new GeneralSecurityException("the certificate has no common name");
    }
    String digest =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded()));
    return new User(
        names.getFirst(),
        "",
        values(subject.getRDNs(BCStyle.O)),
        Map.of("authentication.kubernetes.io/credential-id", List.of("X509SHA256=" + digest)));
  }

  private static List<String> values(RDN[] names) {
    List<String> values = new ArrayList<>();
    for (RDN name : names) {
      if (name.getFirst().getValue() instanceof ASN1String text) {
        values.add(text.getString());
      }
    }
    return values;
  }
}
