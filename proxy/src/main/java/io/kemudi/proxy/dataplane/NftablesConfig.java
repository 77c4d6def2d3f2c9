package io.kemudi.proxy.dataplane;

import java.nio.file.Path;
import java.util.Optional;

/// @param table the name of our table, in the family `ip`; nothing outside it is ever touched
/// @param podCidr the cluster's pod range: who sends from it needs no masquerading
/// @param serviceCidr the cluster's service range: what is sent to it and is nobody's is refused
/// @param nodeNamespace the network namespace that is "the node", where it is not the process's own
public record NftablesConfig(
    String table, String podCidr, String serviceCidr, Optional<Path> nodeNamespace) {
  public NftablesConfig {
    for (String range : new String[] {podCidr, serviceCidr}) {
      if (!range.matches("\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+")) {
        throw new IllegalArgumentException("\"" + range + "\" is not an IPv4 range");
      }
    }
    if (!table.matches("[a-z][a-z0-9_-]*")) {
      throw new IllegalArgumentException("\"" + table + "\" is not the name of a table");
    }
  }

  public static NftablesConfig of(String podCidr, String serviceCidr) {
    return new NftablesConfig("kemudi-proxy", podCidr, serviceCidr, Optional.empty());
  }
}
