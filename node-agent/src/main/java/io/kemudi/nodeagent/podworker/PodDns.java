package io.kemudi.nodeagent.podworker;

import io.kemudi.cri.v1.DNSConfig;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodDNSConfigOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The resolver configuration of a pod.
final class PodDns {
  private static final Logger log = LoggerFactory.getLogger(PodDns.class);
  // More than these are ignored by resolvers (resolv.conf(5)), so they are left out openly.
  private static final int MAX_SERVERS = 3;
  private static final int MAX_SEARCHES = 32;

  private final Set<String> servers = new LinkedHashSet<>();
  private final Set<String> searches = new LinkedHashSet<>();
  // By name, so that a pod's own options replace the inherited ones.
  private final Map<String, String> options = new LinkedHashMap<>();

  private PodDns() {}

  static DNSConfig of(Pod pod, NodeFacts node) {
    var dns = new PodDns();
    String policy = pod.getSpec().getDnsPolicy();
    boolean cluster =
        policy.equals("ClusterFirstWithHostNet")
            || (!policy.equals("Default")
                && !policy.equals("None")
                && !pod.getSpec().getHostNetwork());
    if (cluster && !node.clusterDns().isEmpty()) {
      dns.useCluster(pod.getMetadata().getNamespace(), node);
    } else if (!policy.equals("None")) {
      dns.readHost(node.resolvConf(), true);
    }
    dns.addOwn(pod);
    return DNSConfig.newBuilder()
        .addAllServers(dns.servers.stream().limit(MAX_SERVERS).toList())
        .addAllSearches(dns.searches.stream().limit(MAX_SEARCHES).toList())
        .addAllOptions(dns.optionTexts())
        .build();
  }

  private void useCluster(String namespace, NodeFacts node) {
    servers.addAll(node.clusterDns());
    String domain = node.clusterDomain();
    searches.add(namespace + ".svc." + domain);
    searches.add("svc." + domain);
    searches.add(domain);
    readHost(node.resolvConf(), false);
    options.clear();
    options.put("ndots", "5");
  }

  private void readHost(Path resolvConf, boolean withServers) {
    List<String> lines;
    try {
      lines = Files.readAllLines(resolvConf);
    } catch (IOException e) {
      log.debug("pods get no resolver configuration from the node: {}", e.toString());
      return;
    }
    for (String line : lines) {
      String[] words = line.strip().split("\\s+");
      List<String> rest = List.of(words).subList(1, words.length);
      switch (words[0]) {
        case "nameserver" -> servers.addAll(withServers ? rest : List.of());
        case "search", "domain" -> searches.addAll(rest);
        case "options" -> rest.forEach(this::addOption);
        default -> {} // comments and settings that no pod inherits
      }
    }
  }

  private void addOption(String text) {
    int colon = text.indexOf(':');
    options.put(
        colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
  }

  private void addOwn(Pod pod) {
    var own = pod.getSpec().getDnsConfig();
    servers.addAll(own.getNameserversList());
    searches.addAll(own.getSearchesList());
    for (PodDNSConfigOption option : own.getOptionsList()) {
      options.put(option.getName(), option.getValue());
    }
  }

  private List<String> optionTexts() {
    var texts = new ArrayList<String>();
    options.forEach((name, value) -> texts.add(value.isEmpty() ? name : name + ":" + value));
    return texts;
  }
}
