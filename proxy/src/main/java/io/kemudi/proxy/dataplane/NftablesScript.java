package io.kemudi.proxy.dataplane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Writes nft's text for a desired state: the whole table, or the difference of two states. Pure.
///
/// A packet is looked up twice, whatever the number of services: `services` (or `nodeports`) leads
/// to a chain that knows only how many backends there are, and that chain draws a slot and finds
/// the backend in one flat map. For a service with two backends:
///
/// ```
/// services  { 10.96.0.5 . tcp . 80 : goto pick-2 }
/// backends  { 10.96.0.5 . tcp . 80 . 0 : 10.244.1.5 . 8080, 10.96.0.5 . tcp . 80 . 1 : ... }
/// ```
///
/// Loading is linear, and a change touches the elements of its service only. (A map for each
/// service, drawn from by an anonymous map, takes nft a minute to load for 10,000 services.)
final class NftablesScript {
  /// One element per name of a map or set -> key -> value ("" in a set).
  private static final List<String> CONTAINERS =
      List.of("services", "nodeports", "backends", "nodeport-backends", "hairpin");

  /// The bit of the packet mark that means "hide the sender"; the one that upstream uses too.
  private static final String MASQUERADE_MARK = "0x4000";

  /// Few services have more backends; for those that do the table is loaded anew, twice as far.
  private static final int LEAST_REACH = 16;

  private final String table;
  private final IpFamily family;
  private final NftablesConfig.Ranges ranges;

  /// For the addresses of one family; what a state holds of the other is left out.
  NftablesScript(String table, IpFamily family, NftablesConfig.Ranges ranges) {
    this.table = family.keyword() + " " + table;
    this.family = family;
    this.ranges = ranges;
  }

  /// The elements of every map and set.
  private record Elements(Map<String, Map<String, String>> byContainer) {}

  /// A chain that picks one of `count` backends.
  private record Pick(int count, boolean nodePort, boolean sticky, boolean masquerade) {
    String chain() {
      return (nodePort ? "nodeport-" : "")
          + "pick-"
          + count
          + (sticky ? "-sticky" : "")
          + (masquerade ? "-masquerade" : "");
    }
  }

  /// Up to how many backends of one service the chains of [#whole] reach, once loaded for
  /// `desired`.
  static int reach(DesiredRules desired) {
    int most = LEAST_REACH;
    for (Rule rule : desired.rules().values()) {
      most = Math.max(most, rule.backends().size());
    }
    return Integer.highestOneBit(2 * most - 1);
  }

  /// Replaces the table, in one transaction: nobody sees it missing or half filled.
  ///
  /// @param reach how many backends a service may get before the table has to be loaded anew
  String whole(DesiredRules desired, int reach) {
    Elements elements = elements(desired);
    StringBuilder text = new StringBuilder(1 << 16);
    text.append("add table ").append(table).append('\n');
    text.append("delete table ").append(table).append('\n');
    text.append(skeleton());
    for (int count = 1; count <= reach; count++) {
      for (int kind = 0; kind < 8; kind++) {
        addPick(text, new Pick(count, (kind & 1) != 0, (kind & 2) != 0, (kind & 4) != 0));
      }
    }
    elements.byContainer().forEach((name, all) -> elements(text, "add", name, all, true));
    return text.toString();
  }

  /// Turns one state into another by elements alone; "" when they are the same. Parts of states
  /// will do: what neither of them names is not touched. Only within the [#reach] of what is
  /// loaded: nft 1.0.6 cannot add a rule that uses a map of the kernel's whose key holds a `numgen`
  /// ("conflicting protocols specified"), so chains are made with the table.
  String difference(DesiredRules before, DesiredRules after) {
    Elements old = elements(before);
    Elements now = elements(after);
    StringBuilder text = new StringBuilder();
    for (String name : CONTAINERS) {
      Map<String, String> was = container(old, name);
      Map<String, String> is = container(now, name);
      Map<String, String> gone = new LinkedHashMap<>(was);
      gone.entrySet().removeAll(is.entrySet());
      Map<String, String> added = new LinkedHashMap<>(is);
      added.entrySet().removeAll(was.entrySet());
      elements(text, "delete", name, gone, false);
      elements(text, "add", name, added, true);
    }
    return text.toString();
  }

  /// What still has a service's address after translation is nobody's. It is refused before it is
  /// routed: an ICMP error sent from the forward hook does not reach a pod on the same bridge.
  private String skeleton() {
    return """
    table TABLE {
      map services { type ADDRESS . inet_proto . inet_service : verdict; }
      map nodeports { type inet_proto . inet_service : verdict; }
      map backends { typeof IP daddr . meta l4proto . th dport . numgen random mod 2 : IP daddr . th dport; }
      map nodeport-backends { typeof meta l4proto . th dport . numgen random mod 2 : IP daddr . th dport; }
      set hairpin { type ADDRESS . ADDRESS; }

      chain service {
        IP daddr . meta l4proto . th dport vmap @services
        IP daddr != LOOPBACK fib daddr type local meta l4proto . th dport vmap @nodeports
      }
      chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        IP daddr SERVICES IP saddr != PODS meta mark set meta mark | MARK
        goto service
      }
      chain output {
        type nat hook output priority -100; policy accept;
        goto service
      }
      chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        meta mark & MARK == MARK meta mark set meta mark ^ MARK masquerade fully-random
        ct status dnat IP saddr . IP daddr @hairpin masquerade fully-random
      }
      chain refuse-others {
        type filter hook prerouting priority dstnat + 10; policy accept;
        IP daddr SERVICES goto refuse
      }
      chain refuse-own {
        type filter hook output priority filter - 10; policy accept;
        IP daddr SERVICES goto refuse
      }
      chain refuse {
        meta l4proto tcp reject with tcp reset
        reject
      }
    }
    """
        .replace("TABLE", table)
        .replace("IP ", family.keyword() + " ")
        .replace("ADDRESS", family.type())
        .replace("LOOPBACK", family.loopback())
        .replace("SERVICES", ranges.services())
        .replace("PODS", ranges.pods())
        .replace("MARK", MASQUERADE_MARK);
  }

  private void addPick(StringBuilder text, Pick pick) {
    String slot =
        (pick.sticky() ? "jhash " + family.keyword() + " saddr" : "numgen random")
            + " mod "
            + pick.count();
    text.append("add chain ").append(table).append(' ').append(pick.chain());
    text.append("\nadd rule ").append(table).append(' ').append(pick.chain());
    if (pick.masquerade()) {
      text.append(" meta mark set meta mark | ").append(MASQUERADE_MARK);
    }
    text.append(" dnat ").append(family.keyword()).append(" to ");
    text.append(pick.nodePort() ? "" : family.keyword() + " daddr . ");
    text.append("meta l4proto . th dport . ").append(slot).append(" map @");
    text.append(pick.nodePort() ? "nodeport-backends" : "backends").append('\n');
  }

  private void elements(
      StringBuilder text, String verb, String container, Map<String, String> all, boolean values) {
    if (all.isEmpty()) {
      return;
    }
    text.append(verb).append(" element ").append(table).append(' ');
    text.append(container).append(" {");
    String separator = " ";
    for (Map.Entry<String, String> element : all.entrySet()) {
      text.append(separator).append(element.getKey());
      if (values && !element.getValue().isEmpty()) {
        text.append(" : ").append(element.getValue());
      }
      separator = ",\n ";
    }
    text.append(" }\n");
  }

  private static Map<String, String> container(Elements elements, String name) {
    return elements.byContainer().getOrDefault(name, Map.of());
  }

  private Elements elements(DesiredRules desired) {
    Map<String, Map<String, String>> byContainer = new TreeMap<>();
    desired
        .rules()
        .forEach((frontend, rule) -> {
          if (frontend.family() != family) {
            return;
          }
          String map =
              switch (frontend) {
                case Frontend.Address _ -> "services";
                case Frontend.NodePort _ -> "nodeports";
              };
          boolean nodePort = frontend instanceof Frontend.NodePort;
          if (rule.backends().isEmpty()) {
            // An address without an element is refused by the chains at the end.
            if (rule.dropWhenEmpty()) {
              put(byContainer, map, key(frontend), "drop");
            }
            return;
          }
          List<Backend> backends = new ArrayList<>(new TreeSet<>(rule.backends()));
          Pick pick = new Pick(backends.size(), nodePort, rule.sticky(), rule.masquerade());
          put(byContainer, map, key(frontend), "goto " + pick.chain());
          for (int slot = 0; slot < backends.size(); slot++) {
            Backend backend = backends.get(slot);
            put(
                byContainer,
                nodePort ? "nodeport-backends" : "backends",
                key(frontend) + " . " + slot,
                backend.ip() + " . " + backend.port());
          }
        });
    for (String pod : desired.localPods()) {
      if (IpFamily.of(pod) == family) {
        put(byContainer, "hairpin", pod + " . " + pod, "");
      }
    }
    return new Elements(byContainer);
  }

  private static void put(
      Map<String, Map<String, String>> byContainer, String container, String key, String value) {
    byContainer.computeIfAbsent(container, _ -> new LinkedHashMap<>()).put(key, value);
  }

  private static String key(Frontend frontend) {
    return switch (frontend) {
      case Frontend.Address(String ip, Protocol protocol, int port) ->
          ip + " . " + protocol.lowerCase() + " . " + port;
      case Frontend.NodePort(IpFamily _, Protocol protocol, int port) ->
          protocol.lowerCase() + " . " + port;
    };
  }
}
