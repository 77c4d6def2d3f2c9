package io.kemudi.controllermanager.endpointslice;

import io.kemudi.kubernetes.discovery.v1.Endpoint;
import io.kemudi.kubernetes.discovery.v1.EndpointPort;
import io.kemudi.kubernetes.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How to get from the slices that exist to the endpoints that should: a pure function that changes
/// as few slices as it can. An endpoint stays in the slice it is in; new ones fill the gaps of
/// slices that change anyway, then the fullest that have room, then new slices.
///
/// `updates` are existing slices with new endpoints, `creates` the endpoint lists of new slices by
/// their ports, `deletes` the slices that nothing is left in.
record SlicePlan(
    List<EndpointSlice> updates,
    Map<List<EndpointPort>, List<List<Endpoint>>> creates,
    List<EndpointSlice> deletes) {

  /// Upstream's MaxEndpointsPerSlice.
  static final int MAX_ENDPOINTS = 100;

  static SlicePlan of(
      Map<List<EndpointPort>, List<Endpoint>> desired, List<EndpointSlice> existing) {
    var updates = new ArrayList<EndpointSlice>();
    var creates = new LinkedHashMap<List<EndpointPort>, List<List<Endpoint>>>();
    var deletes = new ArrayList<EndpointSlice>();
    var byPorts = new LinkedHashMap<List<EndpointPort>, List<EndpointSlice>>();
    for (EndpointSlice slice : existing) {
      if (desired.containsKey(slice.getPortsList())) {
        byPorts.computeIfAbsent(slice.getPortsList(), p -> new ArrayList<>()).add(slice);
      } else {
        deletes.add(slice);
      }
    }
    desired.forEach((ports, endpoints) ->
        planGroup(
            ports, endpoints, byPorts.getOrDefault(ports, List.of()), updates, creates, deletes));
    return new SlicePlan(updates, creates, deletes);
  }

  private static void planGroup(
      List<EndpointPort> ports,
      List<Endpoint> endpoints,
      List<EndpointSlice> slices,
      List<EndpointSlice> updates,
      Map<List<EndpointPort>, List<List<Endpoint>>> creates,
      List<EndpointSlice> deletes) {
    var left = new LinkedHashMap<String, Endpoint>();
    endpoints.forEach(e -> left.put(identity(e), e));
    var kept = new LinkedHashMap<EndpointSlice, List<Endpoint>>();
    for (EndpointSlice slice : slices) {
      var stay = new ArrayList<Endpoint>();
      for (Endpoint endpoint : slice.getEndpointsList()) {
        Endpoint now = left.remove(identity(endpoint));
        if (now != null) {
          stay.add(now);
        }
      }
      kept.put(slice, stay);
    }
    var fresh = new ArrayList<>(left.values());
    for (var entry : kept.entrySet()) {
      boolean changes = !entry.getValue().equals(entry.getKey().getEndpointsList());
      if (changes) {
        fill(entry.getValue(), fresh);
      }
    }
    kept.entrySet().stream()
        .sorted((a, b) -> b.getValue().size() - a.getValue().size())
        .forEach(entry -> fill(entry.getValue(), fresh));
    kept.forEach((slice, content) -> {
      if (content.isEmpty()) {
        deletes.add(slice);
      } else if (!content.equals(slice.getEndpointsList())) {
        updates.add(slice.toBuilder().clearEndpoints().addAllEndpoints(content).build());
      }
    });
    for (int from = 0; from < fresh.size(); from += MAX_ENDPOINTS) {
      creates
          .computeIfAbsent(ports, p -> new ArrayList<>())
          .add(List.copyOf(fresh.subList(from, Math.min(fresh.size(), from + MAX_ENDPOINTS))));
    }
  }

  private static void fill(List<Endpoint> slice, List<Endpoint> fresh) {
    while (slice.size() < MAX_ENDPOINTS && !fresh.isEmpty()) {
      slice.add(fresh.removeFirst());
    }
  }

  private static String identity(Endpoint endpoint) {
    return endpoint.getTargetRef().getUid() + "/" + endpoint.getAddresses(0);
  }
}
