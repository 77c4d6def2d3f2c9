package io.kemudi.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The rules in a kernel: a node, its bridge, three pods and a client outside, all network
/// namespaces of this test's own. Every pod answers port 8080 with its name and who asks. Needs
/// root.
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NftablesDataplaneIT {
  private static final String VIP = "10.96.0.5";
  private static final String VIP6 = "fd00:96::5";
  private static final Frontend WEB = new Frontend.Address(VIP, Protocol.TCP, 80);
  private static final Frontend NODE_PORT =
      new Frontend.NodePort(IpFamily.IPV4, Protocol.TCP, 30080);
  private static final String SERVER =
      """
      import socket,sys,threading
      name=sys.argv[1]
      def udp():
        u=socket.socket(socket.AF_INET6,socket.SOCK_DGRAM); u.bind(('',8080))
        while True:
          d,a=u.recvfrom(99); u.sendto((name+' '+a[0].replace('::ffff:','')).encode(),a)
      threading.Thread(target=udp,daemon=True).start()
      s=socket.create_server(('',8080),backlog=64,family=socket.AF_INET6,dualstack_ipv6=True)
      print('up',flush=True)
      while True:
        c,a=s.accept(); c.sendall((name+' '+a[0].replace('::ffff:','')).encode()); c.close()
      """;
  private static final String ASK =
      """
      import socket,sys
      for i in range(int(sys.argv[3])):
        try:
          if sys.argv[4]=='udp':
            s=socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(2); s.connect((sys.argv[1],int(sys.argv[2]))); s.send(b'x')
          else:
            s=socket.create_connection((sys.argv[1],int(sys.argv[2])),2)
          print(s.recv(99).decode()); s.close()
        except ConnectionRefusedError: print('refused')
        except TimeoutError: print('timeout')
      """;

  private final String id = "kpx" + (System.nanoTime() % 100_000);
  private final String node = id + "-node";
  private final List<Process> servers = new ArrayList<>();
  private final List<String> namespaces = new ArrayList<>();
  private NftablesDataplane dataplane;

  @BeforeEach
  void makeTheNode() throws Exception {
    if (!"true".equals(System.getenv("CI"))) {
      assumeThat(System.getProperty("user.name")).isEqualTo("root");
      assumeThat(Files.exists(Path.of("/usr/sbin/nft"))).isTrue();
    }
    addNamespace(node);
    run(
        inside(
            node,
            "sh",
            "-ec",
            """
            ip link add kemudi0 type bridge
            ip addr add 10.244.1.1/24 dev kemudi0
            ip link set kemudi0 up
            ip route add 10.96.0.0/12 dev kemudi0
            ip addr add fd00:244:0:1::1/64 dev kemudi0 nodad
            ip route add fd00:96::/112 dev kemudi0
            echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
            echo 1 > /proc/sys/net/ipv4/ip_forward
            echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables
            nft add table ip somebody-elses
            """));
    for (int pod = 2; pod <= 4; pod++) {
      addPod("pod" + pod, "10.244.1." + pod, "10.244.1.1/24", "kemudi0");
    }
    String client = id + "-client";
    addNamespace(client);
    run(
        List.of(
            "sh",
            "-ec",
            "ip link add %1$sx netns %1$s-node type veth peer name eth0 netns %2$s"
                .formatted(id, client)));
    run(
        inside(
            node,
            "sh",
            "-ec",
            "ip addr add 192.168.77.1/24 dev %1$sx; ip addr add fd00:77::1/64 dev %1$sx nodad; ip link set %1$sx up"
                .formatted(id)));
    run(
        inside(
            client,
            "sh",
            "-ec",
            "ip addr add 192.168.77.2/24 dev eth0; ip addr add fd00:77::2/64 dev eth0 nodad; ip link set eth0 up; ip route add default via 192.168.77.1; ip route add default via fd00:77::1"));
    dataplane = newDataplane();
  }

  private NftablesDataplane newDataplane() {
    return new NftablesDataplane(
        new NftablesConfig(
            "kemudi-proxy",
            "10.244.0.0/16,fd00:244::/56",
            "10.96.0.0/12,fd00:96::/112",
            Optional.of(Path.of("/run/netns/" + node))));
  }

  private void addNamespace(String name) throws Exception {
    run(List.of("ip", "netns", "add", name));
    namespaces.add(name);
    run(inside(name, "ip", "link", "set", "lo", "up"));
  }

  private void addPod(String name, String ip, String gateway, String bridge) throws Exception {
    String namespace = id + "-" + name;
    addNamespace(namespace);
    run(
        inside(
            node,
            "sh",
            "-ec",
            "ip link add v%1$s type veth peer name eth0 netns %2$s; ip link set v%1$s master %3$s up; ip link set v%1$s type bridge_slave hairpin on"
                .formatted(name, "/run/netns/" + namespace, bridge)));
    run(
        inside(
            namespace,
            "sh",
            "-ec",
            "ip addr add %s/24 dev eth0; ip addr add %s/64 dev eth0 nodad; ip link set eth0 up; ip route add default via %s; ip route add default via fd00:244:0:1::1"
                .formatted(
                    ip,
                    ip.replaceFirst(".*\\.", "fd00:244:0:1::"),
                    gateway.replaceFirst("/.*", ""))));
    Process server =
        new ProcessBuilder(inside(namespace, "python3", "-c", SERVER, name))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    servers.add(server);
    assertThat(server.inputReader().readLine()).isEqualTo("up");
  }

  @AfterEach
  void removeEverything() throws Exception {
    for (Process server : servers) {
      server.destroyForcibly();
    }
    for (String namespace : namespaces) {
      run(List.of("ip", "netns", "delete", namespace));
    }
  }

  private static List<String> inside(String namespace, String... command) {
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace));
    all.addAll(List.of(command));
    return all;
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command) + ": " + out).isZero();
    return out;
  }

  private List<String> ask(String from, String address, int port, int times) throws Exception {
    return ask(from, address, port, times, "tcp");
  }

  private List<String> ask(String from, String address, int port, int times, String protocol)
      throws Exception {
    String[] command = {
      "python3", "-c", ASK, address, String.valueOf(port), String.valueOf(times), protocol
    };
    return run(inside(id + "-" + from, command)).lines().toList();
  }

  private static DesiredRules web(int... pods) {
    List<Backend> backends = new ArrayList<>();
    Set<String> local = new TreeSet<>();
    for (int pod : pods) {
      backends.add(new Backend("10.244.1." + pod, 8080));
      local.add("10.244.1." + pod);
    }
    return new DesiredRules(
        Map.of(
            WEB,
            new Rule(backends, false, false, false),
            new Frontend.Address(VIP, Protocol.UDP, 53),
            new Rule(backends, false, false, false),
            NODE_PORT,
            new Rule(backends, false, true, false)),
        local);
  }

  @Test
  void reachesEveryEndpointFromPodsFromTheNodeAndFromOutside() throws Exception {
    dataplane.apply(web(3, 4));

    List<String> fromPod = ask("pod2", VIP, 80, 30);
    List<String> fromNode = ask("node", VIP, 80, 30);
    List<String> fromOutside = ask("client", "192.168.77.1", 30080, 30);
    List<String> udp = ask("pod2", VIP, 53, 20, "udp");

    assertThat(Set.copyOf(fromPod)).containsExactlyInAnyOrder("pod3 10.244.1.2", "pod4 10.244.1.2");
    assertThat(Set.copyOf(fromNode))
        .containsExactlyInAnyOrder("pod3 10.244.1.1", "pod4 10.244.1.1");
    assertThat(Set.copyOf(fromOutside))
        .containsExactlyInAnyOrder("pod3 10.244.1.1", "pod4 10.244.1.1");
    assertThat(Set.copyOf(udp)).containsExactlyInAnyOrder("pod3 10.244.1.2", "pod4 10.244.1.2");
  }

  @Test
  void aPodReachesItselfThroughItsService() throws Exception {
    dataplane.apply(web(2));

    assertThat(Set.copyOf(ask("pod2", VIP, 80, 5))).containsExactly("pod2 10.244.1.1");
  }

  @Test
  void oneClientStaysWithOneEndpointWhereTheServiceAsksForIt() throws Exception {
    List<Backend> backends =
        List.of(
            new Backend("10.244.1.2", 8080),
            new Backend("10.244.1.3", 8080),
            new Backend("10.244.1.4", 8080));
    dataplane.apply(
        new DesiredRules(Map.of(WEB, new Rule(backends, true, false, false)), Set.of()));

    assertThat(Set.copyOf(ask("node", VIP, 80, 20))).hasSize(1);
  }

  @Test
  void refusesWhatNobodyServesAndFollowsScaling() throws Exception {
    dataplane.apply(web(3));
    assertThat(ask("pod2", VIP, 81, 1)).containsExactly("refused");
    assertThat(ask("pod2", "10.97.1.1", 80, 1)).containsExactly("refused");

    dataplane.apply(web());

    assertThat(ask("pod2", VIP, 80, 1)).containsExactly("refused");
    assertThat(ask("node", VIP, 80, 1)).containsExactly("refused");
    assertThat(ask("client", "192.168.77.1", 30080, 1)).containsExactly("refused");

    dataplane.apply(web(4));

    assertThat(ask("pod2", VIP, 80, 3)).containsOnly("pod4 10.244.1.2");
  }

  @Test
  void keepsTheSenderAndDropsElsewhereWithALocalPolicy() throws Exception {
    dataplane.apply(
        new DesiredRules(
            Map.of(
                NODE_PORT,
                new Rule(List.of(new Backend("10.244.1.3", 8080)), false, false, true),
                new Frontend.NodePort(IpFamily.IPV4, Protocol.TCP, 30081),
                new Rule(List.of(), false, false, true)),
            Set.of()));

    assertThat(ask("client", "192.168.77.1", 30080, 1)).containsExactly("pod3 192.168.77.2");
    assertThat(ask("client", "192.168.77.1", 30081, 1)).containsExactly("timeout");
  }

  @Test
  void servesIpv6BesideIpv4() throws Exception {
    Frontend web6 = new Frontend.Address(VIP6, Protocol.TCP, 80);
    Frontend dns6 = new Frontend.Address(VIP6, Protocol.UDP, 53);
    Frontend port6 = new Frontend.NodePort(IpFamily.IPV6, Protocol.TCP, 30080);
    Map<Frontend, Rule> rules = new HashMap<>(web(3).rules());
    Rule inside = new Rule(List.of(pod6(3), pod6(4)), false, false, false);
    rules.put(web6, inside);
    rules.put(dns6, inside);
    rules.put(port6, new Rule(List.of(pod6(3), pod6(4)), false, true, false));
    dataplane.apply(new DesiredRules(rules, Set.of("10.244.1.3", pod6(3).ip())));

    assertThat(Set.copyOf(ask("pod2", VIP6, 80, 30)))
        .containsExactlyInAnyOrder("pod3 " + pod6(2).ip(), "pod4 " + pod6(2).ip());
    assertThat(Set.copyOf(ask("pod2", VIP6, 53, 20, "udp")))
        .containsExactlyInAnyOrder("pod3 " + pod6(2).ip(), "pod4 " + pod6(2).ip());
    assertThat(Set.copyOf(ask("node", VIP6, 80, 30)))
        .containsExactlyInAnyOrder("pod3 fd00:244:0:1::1", "pod4 fd00:244:0:1::1");
    assertThat(Set.copyOf(ask("client", "fd00:77::1", 30080, 30)))
        .containsExactlyInAnyOrder("pod3 fd00:244:0:1::1", "pod4 fd00:244:0:1::1");
    assertThat(ask("pod2", VIP6, 81, 1)).containsExactly("refused");
    assertThat(ask("pod2", "fd00:96::77", 80, 1)).containsExactly("refused");
    assertThat(ask("pod2", VIP, 80, 2)).containsOnly("pod3 10.244.1.2");

    dataplane.change(
        new RulesChange(
            Map.of(web6, new Rule(List.of(pod6(3)), true, false, false)),
            Set.of(port6),
            Set.of(),
            Set.of()));

    assertThat(ask("pod3", VIP6, 80, 3)).as("itself").containsOnly("pod3 fd00:244:0:1::1");
    assertThat(ask("client", "fd00:77::1", 30080, 1)).containsExactly("refused");
    assertThat(ask("pod2", VIP, 80, 2)).containsOnly("pod3 10.244.1.2");
  }

  private static Backend pod6(int pod) {
    return new Backend("fd00:244:0:1::" + pod, 8080);
  }

  @Test
  void aChangeBeyondTheChainsThatAreLoadedLoadsThemAnew() throws Exception {
    dataplane.apply(web(3));
    List<Backend> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(new Backend("10.244.1.4", 8080 + i));
    }

    dataplane.change(
        new RulesChange(
            Map.of(WEB, new Rule(many, false, false, false)), Set.of(), Set.of(), Set.of()));

    assertThat(run(inside(node, "nft", "list", "map", "ip", "kemudi-proxy", "services")))
        .contains("10.96.0.5 . tcp . 80 : goto pick-" + many.size());
    assertThat(ask("pod2", VIP, 53, 1, "udp")).as("the rest").containsExactly("pod3 10.244.1.2");
  }

  @Test
  void changesOneServiceAmongTenThousandAndTakesOverAfterARestart() throws Exception {
    Map<Frontend, Rule> many = new HashMap<>(web(3).rules());
    List<Backend> nowhere =
        List.of(
            new Backend("10.244.9.1", 80),
            new Backend("10.244.9.2", 80),
            new Backend("10.244.9.3", 80));
    for (int i = 0; i < 10_000; i++) {
      Rule rule = new Rule(nowhere, i % 7 == 0, false, false);
      many.put(
          new Frontend.Address("10.100." + i / 250 + "." + (i % 250 + 1), Protocol.TCP, 80), rule);
    }
    long beganNs = System.nanoTime();
    dataplane.apply(new DesiredRules(many, Set.of()));
    long loadedMs = (System.nanoTime() - beganNs) / 1_000_000;
    run(inside(node, "nft", "add", "chain", "ip", "kemudi-proxy", "witness"));
    compareWithRawNft(loadedMs);

    dataplane.change(toWeb(4));

    assertThat(run(inside(node, "nft", "list", "chains")))
        .as("the table was changed, not replaced")
        .contains("witness");

    assertThat(ask("pod2", VIP, 80, 2)).containsOnly("pod4 10.244.1.2");
    dataplane.close();
    assertThat(ask("pod2", VIP, 80, 2)).containsOnly("pod4 10.244.1.2");
    NftablesDataplane next = newDataplane();
    next.apply(web(2));
    assertThat(ask("pod3", VIP, 80, 2)).containsOnly("pod2 10.244.1.3");
    assertThat(ask("pod3", "10.100.0.1", 80, 1)).containsExactly("refused");
    assertThat(run(inside(node, "nft", "list", "tables"))).contains("table ip somebody-elses");

    assertThat(next.intact()).isTrue();
    run(inside(node, "nft", "flush", "ruleset"));
    assertThat(next.intact()).isFalse();
    next.change(toWeb(4));
    assertThat(ask("pod3", VIP, 80, 2)).containsOnly("pod4 10.244.1.3");
    next.remove();
    assertThat(run(inside(node, "nft", "list", "tables"))).doesNotContain("kemudi");
  }

  private static RulesChange toWeb(int pod) {
    return new RulesChange(web(pod).rules(), Set.of(), Set.of(), Set.of());
  }

  /// For whoever compares; nothing here depends on how fast the machine is. In turns, so that what
  /// else the machine does falls on both.
  private void compareWithRawNft(long loadedMs) throws Exception {
    String raw =
        "delete element ip kemudi-proxy backends { 10.100.0.1 . tcp . 80 . 0 }\n"
            + "add element ip kemudi-proxy backends"
            + " { 10.100.0.1 . tcp . 80 . 0 : 10.244.9.1 . 80 }\n";
    Path script = Files.createTempFile("kemudi-raw", ".nft");
    List<Long> ours = new ArrayList<>();
    List<Long> nft = new ArrayList<>();
    try {
      Files.writeString(script, raw);
      for (int round = 0; round < 11; round++) {
        Rule rule =
            new Rule(
                List.of(new Backend("10.244.1." + (round % 2 == 0 ? 2 : 4), 8080)),
                false,
                false,
                false);
        RulesChange change = new RulesChange(Map.of(WEB, rule), Set.of(), Set.of(), Set.of());
        long beganNs = System.nanoTime();
        dataplane.change(change);
        long betweenNs = System.nanoTime();
        run(inside(node, "nft", "-f", script.toString()));
        ours.add(betweenNs - beganNs);
        nft.add(System.nanoTime() - betweenNs);
      }
    } finally {
      Files.delete(script);
    }
    ours.sort(null);
    nft.sort(null);
    System.out.printf(
        "10,000 services of 3 endpoints: loaded in %d ms; one changed in %.1f ms, by nft alone in"
            + " %.1f ms (medians of 11): ratio %.2f%n",
        loadedMs, ours.get(5) / 1e6, nft.get(5) / 1e6, (double) ours.get(5) / nft.get(5));
  }
}
