package io.kemudi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kemudi.store.StoreException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EtcdTlsIT {
  @TempDir Path dir;

  @Test
  void serverAndClientKnowEachOtherByCertificate() throws Exception {
    certificate("known");
    certificate("stranger");
    int[] ports = EtcdServer.freePorts(2);
    try (var server =
        EtcdServer.start(
            dir.resolve("etcd"),
            "https",
            ports[0],
            "one=http://127.0.0.1:" + ports[1],
            "one",
            "--cert-file=" + pem("known"),
            "--key-file=" + key("known"),
            "--trusted-ca-file=" + pem("known"),
            "--client-cert-auth")) {
      try (var store = store(server, "known", "known", Duration.ofSeconds(10))) {
        assertThat(store.revision()).isEqualTo(1);
      }
      try (var wrongServer = store(server, "stranger", "known", Duration.ofSeconds(1))) {
        assertThatThrownBy(wrongServer::revision)
            .isInstanceOf(StoreException.Unavailable.class)
            .hasMessageContaining("ertificat");
      }
      try (var wrongClient = store(server, "known", "stranger", Duration.ofSeconds(1))) {
        assertThatThrownBy(wrongClient::revision).isInstanceOf(StoreException.Unavailable.class);
      }
    }
  }

  @Test
  void aMissingCertificateFileIsNamed() {
    var tls = new EtcdConfig.Tls(dir.resolve("nowhere.pem"), null, null);
    var config = EtcdConfig.secure(tls, List.of(URI.create("https://127.0.0.1:1")));
    assertThatThrownBy(() -> EtcdStore.open(config))
        .isInstanceOf(StoreException.Unusable.class)
        .hasMessageContaining("nowhere.pem");
  }

  private EtcdStore store(EtcdServer server, String authority, String client, Duration timeout) {
    var tls = new EtcdConfig.Tls(pem(authority), pem(client), key(client));
    return EtcdStore.open(EtcdConfig.secure(tls, List.of(server.endpoint())).callTimeout(timeout));
  }

  private Path pem(String name) {
    return dir.resolve(name + ".pem");
  }

  private Path key(String name) {
    return dir.resolve(name + ".key");
  }

  /// One certificate that is authority, server and client.
  private void certificate(String name) throws Exception {
    boolean installed = Files.isExecutable(Path.of("/usr/bin/openssl"));
    if ("true".equals(System.getenv("CI"))) {
      assertThat(installed).as("openssl is installed").isTrue();
    }
    assumeTrue(installed, "openssl is not installed");
    Process openssl =
        new ProcessBuilder(
                ("/usr/bin/openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256"
                        + " -days 2 -subj /CN=%s -addext subjectAltName=IP:127.0.0.1"
                        + " -keyout %s -out %s")
                    .formatted(name, key(name), pem(name))
                    .split(" ", -1))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("openssl.log").toFile())
            .start();
    assertThat(openssl.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).isZero();
  }
}
