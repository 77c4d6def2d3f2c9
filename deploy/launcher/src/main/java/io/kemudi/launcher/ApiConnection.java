package io.kemudi.launcher;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.client.rest.Kubeconfig;
import io.kemudi.client.rest.RestApiClient;
import io.kemudi.http.TlsMaterial;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a role reaches the API server: by gRPC with a client certificate (`--server`), or by REST
/// with a kubeconfig, which also works with any other Kubernetes API server.
public final class ApiConnection {
  @Option(
      names = "--server",
      paramLabel = "HOST:PORT",
      description = "the API server's gRPC address; with --ca-file, --cert-file and --key-file")
  private @Nullable String server;

  @Option(names = "--ca-file", description = "who signed the API server's certificate")
  private @Nullable Path caFile;

  @Option(names = "--cert-file", description = "this component's certificate")
  private @Nullable Path certificateFile;

  @Option(names = "--key-file", description = "its key")
  private @Nullable Path keyFile;

  @Option(
      names = "--kubeconfig",
      description = "in place of --server: REST, to any Kubernetes API server")
  private @Nullable Path kubeconfig;

  /// A client; what has to be closed is given to `process`.
  ApiClient open(RoleProcess process, Timers timers) throws IOException {
    if (kubeconfig != null) {
      requireFile("--kubeconfig", kubeconfig);
      return process.keep(new RestApiClient(Kubeconfig.load(kubeconfig, timers), timers));
    }
    if (server == null || caFile == null || certificateFile == null || keyFile == null) {
      throw new UserError(
          "give --server HOST:PORT with --ca-file, --cert-file and --key-file, or --kubeconfig FILE");
    }
    requireFile("--ca-file", caFile);
    requireFile("--cert-file", certificateFile);
    requireFile("--key-file", keyFile);
    var identity = TlsMaterial.read(certificateFile, keyFile);
    ManagedChannel channel =
        NettyChannelBuilder.forTarget("dns:///" + server)
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(caFile.toFile())
                    .keyManager(identity.key(), identity.chain())
                    .build())
            .keepAliveTime(20, TimeUnit.SECONDS)
            .build();
    process.keep(channel::shutdownNow);
    return process.keep(new GrpcApiClient(channel, timers));
  }

  static void requireFile(String option, Path file) {
    if (!Files.isReadable(file)) {
      throw new UserError(option + " " + file + ": there is no such file, or it cannot be read");
    }
  }
}
