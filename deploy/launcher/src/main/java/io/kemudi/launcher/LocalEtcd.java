package io.kemudi.launcher;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.launcher.ClusterFile.ProcessId;
import io.kemudi.launcher.pki.CertificateAuthority;
import io.kemudi.launcher.pki.CertificateAuthority.Subject;
import io.kemudi.launcher.pki.KeyAndCertificate;
import io.kemudi.launcher.pki.PrivateFile;
import io.kemudi.store.StoreException;
import io.kemudi.store.etcd.EtcdConfig;
import io.kemudi.store.etcd.EtcdStore;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An etcd of the cluster's own, for `--store etcd` without `--etcd-servers`: a process beside the
/// server, in the data directory, on loopback. It lets in only who shows a certificate of an
/// authority that signs for nothing else: whoever reaches it reads every secret.
///
/// It outlives a server that is killed; the next one finds it by the file `store/etcd.json`.
final class LocalEtcd {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration ASK_LIMIT = Duration.ofSeconds(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final DataDirectory directory;
  private final String searchPath;

  LocalEtcd(DataDirectory directory) {
    this(directory, System.getenv().getOrDefault("PATH", "/usr/bin"));
  }

  /// @param searchPath where programs are, as in the variable `PATH`
  LocalEtcd(DataDirectory directory, String searchPath) {
    this.directory = directory;
    this.searchPath = searchPath;
  }

  private record Running(ProcessId process, URI url) {}

  /// Connects to the process, which is started unless it runs.
  EtcdStore open(Instant now) throws IOException, GeneralSecurityException, InterruptedException {
    Path program = requireProgram();
    Path keys = directory.pki().resolve("etcd");
    Files.createDirectories(
        keys, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var authority = CertificateAuthority.openOrCreate(keys, now, new SecureRandom());
    KeyAndCertificate serving =
        authority.ensure(
            keys, "server", new Subject("etcd", List.of()), List.of("127.0.0.1", "localhost"));
    KeyAndCertificate client =
        authority.ensure(keys, "client", new Subject("kube-apiserver", List.of()), List.of());
    Path authorityFile = keys.resolve("ca.crt");

    Running running = read().filter(r -> r.process().alive().isPresent()).orElse(null);
    if (running == null) {
      running = launch(program, serving, authorityFile);
    }
    var tls = new EtcdConfig.Tls(authorityFile, client.certificate(), client.key());
    return connect(running, EtcdConfig.secure(tls, List.of(running.url())));
  }

  private Running launch(Path program, KeyAndCertificate serving, Path authority)
      throws IOException {
    Path dir = Files.createDirectories(directory.store());
    URI url = URI.create("https://127.0.0.1:" + HostNetwork.freePort());
    String peer = "https://127.0.0.1:" + HostNetwork.freePort();
    var command = new ArrayList<>(List.of(program.toString(), "--name", "kemudi"));
    command.addAll(List.of("--data-dir", dir.resolve("etcd").toString()));
    command.addAll(List.of("--listen-client-urls", url.toString()));
    command.addAll(List.of("--advertise-client-urls", url.toString()));
    command.addAll(List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
    command.addAll(List.of("--initial-cluster", "kemudi=" + peer));
    for (String side : List.of("", "peer-")) {
      command.addAll(List.of("--" + side + "cert-file", serving.certificate().toString()));
      command.addAll(List.of("--" + side + "key-file", serving.key().toString()));
      command.addAll(List.of("--" + side + "trusted-ca-file", authority.toString()));
      command.add("--" + side + "client-cert-auth");
    }
    // Requests are at most 3 MiB on every store; etcd's own limit is half of that.
    command.addAll(List.of("--max-request-bytes", "4194304"));
    Process process = ChildProcess.launch(log(), command);
    var running = new Running(ProcessId.of(process.toHandle()), url);
    write(running);
    return running;
  }

  private static EtcdStore connect(Running running, EtcdConfig config) throws InterruptedException {
    long endNs = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      EtcdStore asking = EtcdStore.open(config.callTimeout(ASK_LIMIT));
      try (asking) {
        asking.revision();
        return EtcdStore.open(config);
      } catch (StoreException.Unavailable e) {
        if (running.process().alive().isEmpty() || System.nanoTime() > endNs) {
          throw new UserError("the etcd that was started does not answer: " + e.getMessage());
        }
      }
      Thread.sleep(LOOK_AGAIN);
    }
  }

  /// Ends the process, where there is one. Idempotent.
  void stop() {
    try {
      Optional<Running> running = read();
      running.ifPresent(r -> ChildProcess.end(r.process(), PATIENCE));
      Files.deleteIfExists(file());
    } catch (IOException e) {
      throw new UserError("etcd was not ended: " + Main.describe(e));
    }
  }

  /// The program that would be started; without one, a sentence on what to do.
  Path requireProgram() {
    return Stream.of(searchPath.split(":"))
        .map(folder -> Path.of(folder).resolve("etcd"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() ->
            new UsageError(
                "--store etcd without --etcd-servers starts an etcd, and none is installed:"
                    + " install it (Debian: etcd-server), or name the servers, for example"
                    + " http://127.0.0.1:2379"));
  }

  private Path log() {
    return directory.logs().resolve("etcd.log");
  }

  private Path file() {
    return directory.store().resolve("etcd.json");
  }

  private void write(Running running) throws IOException {
    var tree = new LinkedHashMap<String, Object>();
    tree.put("pid", running.process().pid());
    tree.put("startMs", running.process().startMs());
    tree.put("url", running.url().toString());
    PrivateFile.write(file(), new String(Json.write(tree), StandardCharsets.UTF_8) + "\n");
  }

  private Optional<Running> read() throws IOException {
    if (!Files.exists(file())) {
      return Optional.empty();
    }
    Object tree = Json.parse(Files.readAllBytes(file()));
    if (Trees.at(tree, "pid") instanceof Long pid
        && Trees.at(tree, "startMs") instanceof Long start
        && Trees.at(tree, "url") instanceof String url) {
      return Optional.of(new Running(new ProcessId(pid, start), URI.create(url)));
    }
    throw new UserError(file() + " is damaged: remove it if no etcd runs from there");
  }
}
