package io.kemudi.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UserspaceDataplaneTest {
  private final UserspaceDataplane dataplane = new UserspaceDataplane();
  private final List<ServerSocket> servers = new ArrayList<>();

  @AfterEach
  void closeEverything() throws IOException {
    dataplane.close();
    for (ServerSocket server : servers) {
      server.close();
    }
  }

  /// Answers every line with its name and the line.
  private Backend backend(String name) throws IOException {
    ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    servers.add(server);
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              try (Socket client = server.accept()) {
                byte[] said = client.getInputStream().readAllBytes();
                client.getOutputStream().write((name + " heard ").getBytes(StandardCharsets.UTF_8));
                client.getOutputStream().write(said);
              }
            }
          } catch (IOException e) {
            // closed
          }
        });
    return new Backend("127.0.0.1", server.getLocalPort());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String ask(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 5000);
      socket.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "refused";
    }
  }

  private static DesiredRules nodePort(int port, boolean sticky, Backend... backends) {
    return new DesiredRules(
        Map.of(
            new Frontend.NodePort(IpFamily.IPV4, Protocol.TCP, port),
            new Rule(List.of(backends), sticky, true, false)),
        Set.of());
  }

  @Test
  void takesTurnsAmongBackendsAndFollowsChanges() throws IOException {
    int port = freePort();
    Backend one = backend("one");
    Backend two = backend("two");

    dataplane.apply(nodePort(port, false, one, two));
    Set<String> both = new HashSet<>(List.of(ask(port), ask(port)));
    dataplane.apply(nodePort(port, false, two));
    Set<String> second = new HashSet<>(List.of(ask(port), ask(port)));
    dataplane.apply(nodePort(port, false));
    String none = ask(port);
    dataplane.apply(DesiredRules.NONE);

    assertThat(both).containsExactlyInAnyOrder("one heard hello", "two heard hello");
    assertThat(second).containsExactly("two heard hello");
    assertThat(none).isIn("", "refused");
    assertThat(ask(port)).isEqualTo("refused");
  }

  @Test
  void bindsAClientToOneBackendWhereTheServiceAsksForIt() throws IOException {
    int port = freePort();

    dataplane.apply(nodePort(port, true, backend("one"), backend("two")));

    assertThat(new HashSet<>(List.of(ask(port), ask(port), ask(port)))).hasSize(1);
  }

  @Test
  void saysWhichServicesItCannotServe() {
    Frontend foreign = new Frontend.Address("203.0.113.7", Protocol.TCP, 80);
    Frontend udp = new Frontend.NodePort(IpFamily.IPV4, Protocol.UDP, 30053);

    dataplane.apply(
        new DesiredRules(
            Map.of(
                foreign, new Rule(List.of(), false, false, false),
                udp, new Rule(List.of(), false, false, false)),
            Set.of()));

    assertThat(dataplane.refused()).containsOnlyKeys(foreign, udp);
    assertThat(dataplane.refused()).containsEntry(udp, "only TCP is forwarded in user space");
  }
}
