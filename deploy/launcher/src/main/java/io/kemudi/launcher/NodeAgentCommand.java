package io.kemudi.launcher;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kemudi.client.grpc.GrpcApiClient;
import io.kemudi.client.informer.SharedInformers;
import io.kemudi.http.Pem;
import io.kemudi.http.TlsMaterial;
import io.kemudi.nodeagent.agent.NodeAgent;
import io.kemudi.nodeagent.runtime.CriRuntime;
import io.kemudi.time.SystemTimers;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kemudi node-agent`.
@Command(
    name = "node-agent",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the pods of one node on a container runtime (the kubelet's job).",
    footer = {
      "",
      "Example:",
      "  kemudi node-agent --node-name n2 --server 10.0.0.1:6444 --ca-file ca.crt \\",
      "      --cert-file n2.crt --key-file n2.key --root-dir /var/lib/kemudi-node \\",
      "      --container-runtime-endpoint unix:///run/containerd/containerd.sock",
    })
final class NodeAgentCommand implements Callable<Integer> {
  @Option(names = "--node-name", description = "(default: this machine's host name)")
  private String nodeName = HostNetwork.nodeName();

  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST:PORT",
      description = "the API server's gRPC address")
  private String server = "";

  @Option(
      names = "--ca-file",
      required = true,
      description = "who signed the API server's certificate")
  private Path caFile = Path.of("");

  @Option(names = "--cert-file", required = true, description = "the node's certificate")
  private Path certificateFile = Path.of("");

  @Option(names = "--key-file", required = true, description = "its key")
  private Path keyFile = Path.of("");

  @Option(names = "--root-dir", required = true, description = "pods' files and logs")
  private Path rootDir = Path.of("");

  @Option(
      names = "--node-ip",
      description = "how others reach the node (default: its first address)")
  private String nodeIp = HostNetwork.address();

  @Option(
      names = "--port",
      defaultValue = "10250",
      description = "kubelet API (default: ${DEFAULT-VALUE}, 0 takes a free one)")
  private int port;

  @Option(
      names = "--container-runtime-endpoint",
      required = true,
      paramLabel = "unix://PATH",
      description = "the CRI socket")
  private String runtimeEndpoint = "";

  @Override
  public Integer call() throws Exception {
    var timers = new SystemTimers();
    var identity = TlsMaterial.read(certificateFile, keyFile);
    var tls =
        GrpcSslContexts.forClient()
            .trustManager(caFile.toFile())
            .keyManager(identity.key(), identity.chain())
            .build();
    var channel =
        NettyChannelBuilder.forTarget("dns:///" + server)
            .sslContext(tls)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .build();
    var client = new GrpcApiClient(channel, timers);
    var informers = new SharedInformers(client, timers, ThreadLocalRandom.current().nextLong());
    var runtime = new CriRuntime(runtimeEndpoint);
    var config =
        AgentConfigs.of(
            nodeName,
            rootDir,
            nodeIp,
            new InetSocketAddress(port),
            identity,
            Pem.certificates(caFile));
    var agent = new NodeAgent(config, client, informers, runtime, timers);
    agent.start();
    informers.start();
    var end = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  agent.close();
                  informers.close();
                  client.close();
                  channel.shutdownNow();
                  runtime.close();
                  end.countDown();
                }));
    end.await();
    return 0;
  }
}
