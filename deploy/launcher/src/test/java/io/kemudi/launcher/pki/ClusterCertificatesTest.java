package io.kemudi.launcher.pki;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.http.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterCertificatesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");

  @TempDir Path dir;

  @Test
  void everyCertificateIsSignedByTheAuthorityAndNamesItsHolder() throws Exception {
    var certificates = ClusterCertificates.open(dir, NOW);

    X509Certificate node = read(certificates.node("n1", List.of("127.0.0.1")));

    node.verify(
        Pem.certificates(Files.readString(certificates.caFile())).getFirst().getPublicKey());
    assertThat(node.getSubjectX500Principal().getName())
        .isEqualTo("CN=system:node:n1,O=system:nodes");
    assertThat(node.getSubjectAlternativeNames()).hasSize(2);
  }

  @Test
  void openingAgainKeepsWhatIsThere() throws Exception {
    X509Certificate first = read(ClusterCertificates.open(dir, NOW).administrator());

    X509Certificate second =
        read(ClusterCertificates.open(dir, NOW.plus(Duration.ofDays(100))).administrator());

    assertThat(second).isEqualTo(first);
  }

  @Test
  void aCertificateThatHasLivedTwoThirdsOfItsLifeIsRenewed() throws Exception {
    X509Certificate first = read(ClusterCertificates.open(dir, NOW).administrator());

    Instant later = NOW.plus(Duration.ofDays(250));
    X509Certificate second = read(ClusterCertificates.open(dir, later).administrator());

    assertThat(second.getNotAfter().toInstant()).isAfter(later.plus(Duration.ofDays(300)));
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void aNewAddressMeansANewCertificate() throws Exception {
    X509Certificate first = read(ClusterCertificates.open(dir, NOW).apiServer(List.of("10.0.0.1")));

    X509Certificate second =
        read(ClusterCertificates.open(dir, NOW).apiServer(List.of("10.0.0.2")));

    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void keysAreReadableByTheirOwnerAlone() throws Exception {
    var certificates = ClusterCertificates.open(dir.resolve("pki"), NOW);

    Path key = certificates.administrator().key();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("pki"))))
        .isEqualTo("rwx------");
  }

  @Test
  void theKeyOfStoredSecretsIsMadeOnceForItsOwnerAlone() throws Exception {
    Path file = ClusterCertificates.open(dir, NOW).encryptionConfig();
    String first = Files.readString(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(ClusterCertificates.open(dir, NOW).encryptionConfig()).hasContent(first);
    assertThat(ClusterCertificates.open(dir.resolve("other"), NOW).encryptionConfig())
        .content()
        .isNotEqualTo(first);
  }

  private static X509Certificate read(KeyAndCertificate files) throws Exception {
    return Pem.certificates(Files.readString(files.certificate())).getFirst();
  }
}
