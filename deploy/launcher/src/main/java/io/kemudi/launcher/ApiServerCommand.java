package io.kemudi.launcher;

import io.kemudi.launcher.pki.KeyAndCertificate;
import io.kemudi.store.Store;
import io.kemudi.time.SystemTimers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kemudi apiserver`.
@Command(
    name = "apiserver",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Serves the Kubernetes API over REST and gRPC from etcd. Flags as upstream's.",
    footer = {
      "",
      "Example:",
      "  kemudi apiserver --etcd-servers http://127.0.0.1:2379 --advertise-address 10.0.0.1 \\",
      "      --tls-cert-file apiserver.crt --tls-private-key-file apiserver.key --client-ca-file ca.crt \\",
      "      --service-account-signing-key-file sa.key --service-account-key-file sa.pub \\",
      "      --kubelet-client-certificate kubelet.crt --kubelet-client-key kubelet.key",
    })
final class ApiServerCommand implements Callable<Integer> {
  @Option(
      names = "--etcd-servers",
      split = ",",
      required = true,
      paramLabel = "URL",
      description = "the store")
  private List<String> etcdServers = new ArrayList<>();

  @Option(
      names = "--bind-address",
      defaultValue = "0.0.0.0",
      description = "(default: ${DEFAULT-VALUE})")
  private String bindAddress = "";

  @Option(
      names = "--advertise-address",
      description = "where others reach this server (default: the machine's first address)")
  private String advertiseAddress = HostNetwork.address();

  @Option(
      names = "--secure-port",
      defaultValue = "6443",
      description = "REST (default: ${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--grpc-port",
      defaultValue = "6444",
      description = "gRPC (default: ${DEFAULT-VALUE})")
  private int grpcPort;

  @Option(
      names = "--service-cluster-ip-range",
      defaultValue = "10.96.0.0/12",
      description = "(default: ${DEFAULT-VALUE})")
  private String serviceRange = "";

  @Option(names = "--tls-cert-file", required = true, description = "its certificate")
  private Path certificate = Path.of("");

  @Option(names = "--tls-private-key-file", required = true, description = "its key")
  private Path key = Path.of("");

  @Option(
      names = "--client-ca-file",
      required = true,
      description = "who signs clients' certificates")
  private Path clientCa = Path.of("");

  @Option(
      names = "--service-account-signing-key-file",
      required = true,
      description = "signs tokens")
  private Path signingKey = Path.of("");

  @Option(
      names = "--service-account-key-file",
      required = true,
      split = ",",
      description = "verify tokens")
  private List<Path> publicKeys = new ArrayList<>();

  @Option(
      names = "--kubelet-client-certificate",
      required = true,
      description = "shown to node agents")
  private Path kubeletCertificate = Path.of("");

  @Option(names = "--kubelet-client-key", required = true, description = "its key")
  private Path kubeletKey = Path.of("");

  @Option(
      names = "--kubelet-certificate-authority",
      description = "who signs node agents' certificates (default: the client CA)")
  private @Nullable Path kubeletCa;

  @Option(
      names = "--encryption-provider-config",
      paramLabel = "FILE",
      description =
          "EncryptionConfiguration: what is encrypted in the store, and by which keys (default: nothing)")
  private @Nullable Path encryptionConfig;

  @Mixin private AuthenticationOptions authentication = new AuthenticationOptions();

  @Mixin private AuditOptions audit = new AuditOptions();

  @Override
  public Integer call() throws Exception {
    ApiConnection.requireFile("--tls-cert-file", certificate);
    ApiConnection.requireFile("--tls-private-key-file", key);
    ApiConnection.requireFile("--client-ca-file", clientCa);
    ApiConnection.requireFile("--service-account-signing-key-file", signingKey);
    ApiConnection.requireFile("--kubelet-client-certificate", kubeletCertificate);
    ApiConnection.requireFile("--kubelet-client-key", kubeletKey);
    if (encryptionConfig != null) {
      ApiConnection.requireFile("--encryption-provider-config", encryptionConfig);
    }
    HostNetwork.requireFree(port, "--secure-port");
    var process = new RoleProcess();
    var timers = process.keep(new SystemTimers());
    Store store = process.keep(Stores.etcd(etcdServers));
    var config =
        new ApiFronts.Config(
            bindAddress,
            advertiseAddress,
            port == 0 ? HostNetwork.freePort() : port,
            grpcPort,
            serviceRange,
            new KeyAndCertificate(key, certificate),
            clientCa,
            signingKey,
            publicKeys,
            new KeyAndCertificate(kubeletKey, kubeletCertificate),
            kubeletCa == null ? clientCa : kubeletCa,
            encryptionConfig,
            authentication.settings(),
            audit.files());
    ApiFronts fronts = process.keep(new ApiFronts(config, store, timers));
    fronts.start();
    System.out.println(
        "API server on https://"
            + advertiseAddress
            + ":"
            + fronts.port()
            + ", gRPC on "
            + fronts.grpcPort());
    process.run();
    return 0;
  }
}
