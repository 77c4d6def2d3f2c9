package io.kemudi.proxy.dataplane;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// @param table the name of our table, in the family `ip` and, where there are IPv6 ranges, `ip6`;
///   nothing outside it is ever touched
/// @param podCidr the cluster's pod range: who sends from it needs no masquerading; one of each
///   family, with a comma between, in a cluster of two families
/// @param serviceCidr the cluster's service range, or one of each family: what is sent to it and is
///   nobody's is refused
/// @param nodeNamespace the network namespace that is "the node", where it is not the process's own
public record NftablesConfig(
    String table, String podCidr, String serviceCidr, Optional<Path> nodeNamespace) {
  private static final String IPV4_RANGE = "\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+";
  private static final String IPV6_RANGE = "[0-9a-fA-F:]*:[0-9a-fA-F:.]*/\\d+";

  /// The ranges of one family.
  record Ranges(String pods, String services) {}

  public NftablesConfig {
    if (!byFamily(podCidr).keySet().equals(byFamily(serviceCidr).keySet())) {
      throw new IllegalArgumentException(
          "pods (%s) and services (%s) need ranges of the same families"
              .formatted(podCidr, serviceCidr));
    }
    if (!table.matches("[a-z][a-z0-9_-]*")) {
      throw new IllegalArgumentException("\"" + table + "\" is not the name of a table");
    }
  }

  public static NftablesConfig of(String podCidr, String serviceCidr) {
    return new NftablesConfig("kemudi-proxy", podCidr, serviceCidr, Optional.empty());
  }

  /// The families that are served; the services' addresses of others are left out.
  Map<IpFamily, Ranges> ranges() {
    Map<IpFamily, String> services = byFamily(serviceCidr);
    Map<IpFamily, Ranges> ranges = new EnumMap<>(IpFamily.class);
    byFamily(podCidr)
        .forEach((family, pods) ->
            ranges.put(family, new Ranges(pods, services.getOrDefault(family, pods))));
    return ranges;
  }

  private static Map<IpFamily, String> byFamily(String cidrs) {
    Map<IpFamily, String> ranges = new EnumMap<>(IpFamily.class);
    for (String range : List.of(cidrs.split(",", -1))) {
      if (!range.matches(IPV4_RANGE) && !range.matches(IPV6_RANGE)) {
        throw new IllegalArgumentException("\"" + range + "\" is not a range of addresses");
      }
      if (ranges.put(IpFamily.of(range), range) != null) {
        throw new IllegalArgumentException("\"" + cidrs + "\" has two ranges of one family");
      }
    }
    return ranges;
  }
}
