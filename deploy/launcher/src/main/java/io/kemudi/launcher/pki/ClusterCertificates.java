package io.kemudi.launcher.pki;

import io.kemudi.apiserver.encryption.EncryptionConfiguration;
import io.kemudi.http.Pem;
import io.kemudi.launcher.pki.CertificateAuthority.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Every certificate and key of a cluster, kept in one folder. Missing, ill-fitting or ageing ones
/// are issued anew on opening; the authority itself stays.
public final class ClusterCertificates {
  private final Path dir;
  private final CertificateAuthority authority;

  private ClusterCertificates(Path dir, CertificateAuthority authority) {
    this.dir = dir;
    this.authority = authority;
  }

  public static ClusterCertificates open(Path dir, Instant now)
      throws IOException, GeneralSecurityException {
    Files.createDirectories(
        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var authority = CertificateAuthority.openOrCreate(dir, now, new SecureRandom());
    return new ClusterCertificates(dir, authority);
  }

  public Path caFile() {
    return dir.resolve("ca.crt");
  }

  /// Who signs the cluster's certificates.
  public List<X509Certificate> authorities() {
    return List.of(authority.certificate());
  }

  public String caPem() throws GeneralSecurityException {
    return Pem.write(authority.certificate());
  }

  /// For the REST and gRPC ports. `addresses` are all names and IPs that clients may dial.
  public KeyAndCertificate apiServer(List<String> addresses)
      throws IOException, GeneralSecurityException {
    var names =
        new ArrayList<>(
            List.of(
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local",
                "localhost"));
    addresses.stream().filter(a -> !names.contains(a)).forEach(names::add);
    return authority.ensure(dir, "apiserver", new Subject("kube-apiserver", List.of()), names);
  }

  /// The API server's way into node agents.
  public KeyAndCertificate apiServerKubeletClient() throws IOException, GeneralSecurityException {
    return client("apiserver-kubelet-client", "kube-apiserver-kubelet-client", "system:masters");
  }

  public KeyAndCertificate administrator() throws IOException, GeneralSecurityException {
    return client("admin", "kubernetes-admin", "system:masters");
  }

  public KeyAndCertificate scheduler() throws IOException, GeneralSecurityException {
    return client("scheduler", "system:kube-scheduler");
  }

  public KeyAndCertificate controllerManager() throws IOException, GeneralSecurityException {
    return client("controller-manager", "system:kube-controller-manager");
  }

  public KeyAndCertificate proxy() throws IOException, GeneralSecurityException {
    return client("proxy", "system:kube-proxy");
  }

  /// A node's identity, both towards the API server and on its own port.
  public KeyAndCertificate node(String name, List<String> addresses)
      throws IOException, GeneralSecurityException {
    var names = new ArrayList<>(List.of(name));
    addresses.stream().filter(a -> !names.contains(a)).forEach(names::add);
    return authority.ensure(
        dir, "node-" + name, new Subject("system:node:" + name, List.of("system:nodes")), names);
  }

  private KeyAndCertificate client(String file, String user, String... groups)
      throws IOException, GeneralSecurityException {
    return authority.ensure(dir, file, new Subject(user, List.of(groups)), List.of());
  }

  /// The key that signs service-account tokens (ES256).
  public Path serviceAccountKey() throws IOException, GeneralSecurityException {
    Path file = dir.resolve("sa.key");
    if (!Files.exists(file)) {
      KeyPair pair = CertificateAuthority.newKey();
      PrivateFile.write(dir.resolve("sa.pub"), Pem.write(pair.getPublic()));
      PrivateFile.write(file, Pem.write(pair));
    }
    return file;
  }

  public Path serviceAccountPublicKey() {
    return dir.resolve("sa.pub");
  }

  /// How the cluster's Secrets are encrypted in the store; made with a new key at the first start.
  public Path encryptionConfig() throws IOException {
    Path file = dir.resolve("encryption.yaml");
    if (!Files.exists(file)) {
      PrivateFile.write(file, EncryptionConfiguration.generate(new SecureRandom()));
    }
    return file;
  }

  /// Days until each certificate in the folder ends, by file name.
  public static Map<String, Long> daysLeft(Path dir, Instant now) throws IOException {
    var days = new LinkedHashMap<String, Long>();
    if (!Files.isDirectory(dir)) {
      return days;
    }
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".crt")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".crt", "");
        Instant end = Pem.certificates(file).getFirst().getNotAfter().toInstant();
        days.put(name, Duration.between(now, end).toDays());
      }
    }
    return days;
  }
}
