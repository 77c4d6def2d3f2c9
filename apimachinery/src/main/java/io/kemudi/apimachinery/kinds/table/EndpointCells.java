package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.EndpointPort;
import io.kemudi.kubernetes.core.v1.EndpointSubset;
import io.kemudi.kubernetes.core.v1.Endpoints;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;

/// Endpoints, the first three of them.
final class EndpointCells {
  private static final int SHOWN = 3;

  private EndpointCells() {}

  static String endpoints(Endpoints endpoints) {
    List<String> all = new ArrayList<>();
    for (EndpointSubset subset : endpoints.getSubsetsList()) {
      for (var address : subset.getAddressesList()) {
        if (subset.getPortsCount() == 0) {
          all.add(address.getIp());
        }
        for (EndpointPort port : subset.getPortsList()) {
          boolean v6 = address.getIp().indexOf(':') >= 0;
          all.add((v6 ? "[" + address.getIp() + "]" : address.getIp()) + ":" + port.getPort());
        }
      }
    }
    return all.isEmpty() ? Cells.NONE : firstOf(all);
  }

  static String ports(EndpointSlice slice) {
    List<String> ports = new ArrayList<>();
    for (var port : slice.getPortsList()) {
      ports.add(port.hasPort() ? String.valueOf(port.getPort()) : "*");
    }
    return ports.isEmpty() ? Cells.UNSET : firstOf(ports);
  }

  static String addresses(EndpointSlice slice) {
    List<String> all = new ArrayList<>();
    slice.getEndpointsList().forEach(endpoint -> all.addAll(endpoint.getAddressesList()));
    return all.isEmpty() ? Cells.UNSET : firstOf(all);
  }

  private static String firstOf(List<String> all) {
    String first = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? first + " + " + (all.size() - SHOWN) + " more..." : first;
  }
}
