package io.kemudi.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.launcher.pki.ClusterCertificates;
import io.kemudi.launcher.pki.KeyAndCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each role a process of its own, as in a large cluster: two API servers on one etcd, a scheduler
/// by gRPC and controllers by REST.
@Timeout(150)
class RolesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path dir;
  private final List<Shell.Running> processes = new ArrayList<>();

  @Test
  void twoApiServersOnOneEtcdAreOneCluster() throws Exception {
    Needs.rootAnd("etcd");
    var certificates = ClusterCertificates.open(dir.resolve("pki"), Instant.now());
    int etcdPort = HostNetwork.freePort();
    try {
      startEtcd(etcdPort);
      int first = HostNetwork.freePort();
      int firstGrpc = HostNetwork.freePort();
      int second = HostNetwork.freePort();
      startApiServer(certificates, etcdPort, first, firstGrpc);
      startApiServer(certificates, etcdPort, second, HostNetwork.freePort());
      Path a = kubeconfig(certificates, "a", first);
      Path b = kubeconfig(certificates, "b", second);
      eventually(() -> kubectl(a, "get", "ns", "default").exitCode() == 0);
      eventually(() -> kubectl(b, "get", "ns", "default").exitCode() == 0);
      startScheduler(certificates, firstGrpc);
      start(
          "controller-manager",
          "--kubeconfig",
          b.toString(),
          "--root-ca-file",
          certificates.caFile().toString());

      // What one server is told, a watch of the other shows, from a revision of the first.
      String revision =
          kubectl(a, "get", "ns", "default", "-o", "jsonpath={.metadata.resourceVersion}").out();
      kubectl(a, "create", "configmap", "news", "--from-literal=text=hello");
      String watched =
          kubectl(
                  b,
                  "get",
                  "--raw",
                  "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=2&resourceVersion="
                      + revision)
              .out();
      assertThat(watched).contains("\"ADDED\"").contains("\"name\":\"news\"");

      // Controllers on one server, the scheduler on the other: pods come, and wait for a node.
      kubectl(a, "create", "deployment", "web", "--image=example.com/web", "--replicas=2");
      eventually(() -> {
        String reasons =
            kubectl(
                    b,
                    "get",
                    "pods",
                    "-o",
                    "jsonpath={.items[*].status.conditions[?(@.type==\"PodScheduled\")].reason}")
                .out();
        return reasons.equals("Unschedulable Unschedulable");
      });
      assertThat(kubectl(a, "get", "events").out()).contains("no nodes available to schedule pods");
    } finally {
      processes.reversed().forEach(Shell.Running::close);
    }
  }

  private void startEtcd(int port) {
    String url = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + HostNetwork.freePort();
    processes.add(
        new Shell.Running(
            Map.of(),
            List.of(
                "etcd",
                "--data-dir",
                dir.resolve("etcd").toString(),
                "--listen-client-urls",
                url,
                "--advertise-client-urls",
                url,
                "--listen-peer-urls",
                peer,
                "--initial-advertise-peer-urls",
                peer,
                "--initial-cluster",
                "default=" + peer,
                "--max-request-bytes",
                "4194304")));
  }

  private void startApiServer(ClusterCertificates certificates, int etcd, int port, int grpc)
      throws Exception {
    KeyAndCertificate serving = certificates.apiServer(List.of("127.0.0.1"));
    KeyAndCertificate kubelet = certificates.apiServerKubeletClient();
    start(
        "apiserver",
        "--etcd-servers",
        "http://127.0.0.1:" + etcd,
        "--bind-address",
        "127.0.0.1",
        "--advertise-address",
        "127.0.0.1",
        "--secure-port",
        Integer.toString(port),
        "--grpc-port",
        Integer.toString(grpc),
        "--tls-cert-file",
        serving.certificate().toString(),
        "--tls-private-key-file",
        serving.key().toString(),
        "--client-ca-file",
        certificates.caFile().toString(),
        "--service-account-signing-key-file",
        certificates.serviceAccountKey().toString(),
        "--service-account-key-file",
        certificates.serviceAccountPublicKey().toString(),
        "--kubelet-client-certificate",
        kubelet.certificate().toString(),
        "--kubelet-client-key",
        kubelet.key().toString());
  }

  private void startScheduler(ClusterCertificates certificates, int grpc) throws Exception {
    KeyAndCertificate identity = certificates.scheduler();
    start(
        "scheduler",
        "--server",
        "127.0.0.1:" + grpc,
        "--ca-file",
        certificates.caFile().toString(),
        "--cert-file",
        identity.certificate().toString(),
        "--key-file",
        identity.key().toString());
  }

  private void start(String... roleAndArguments) {
    String lib = Path.of("target", "lib").toAbsolutePath().toString();
    String script = Path.of("..", "..", "kemudi").toAbsolutePath().normalize().toString();
    var command = new ArrayList<>(List.of(script, "--lib", lib));
    command.addAll(List.of(roleAndArguments));
    processes.add(new Shell.Running(Map.of(), command));
  }

  private Path kubeconfig(ClusterCertificates certificates, String name, int port)
      throws Exception {
    Path file = dir.resolve(name + ".kubeconfig");
    KubeconfigFile.write(
        file,
        "https://127.0.0.1:" + port,
        certificates.caFile(),
        "admin",
        certificates.administrator());
    return file;
  }

  private Shell.Result kubectl(Path kubeconfig, String... args) {
    var command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(args));
    return Shell.run(
        Duration.ofSeconds(20),
        Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", dir.toString()),
        command);
  }

  private void eventually(java.util.function.BooleanSupplier condition) {
    TestCluster.eventually(LIMIT, condition, this::outputs);
  }

  private String outputs() {
    var text = new StringBuilder();
    for (Shell.Running process : processes) {
      String output = process.output();
      text.append(output, Math.max(0, output.length() - 1500), output.length()).append("\n==\n");
    }
    return text.toString();
  }
}
