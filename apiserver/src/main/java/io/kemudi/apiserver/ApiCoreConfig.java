package io.kemudi.apiserver;

import io.kemudi.apiserver.storage.Transformers;
import java.util.List;

/// What an operator decides about the core.
///
/// @param serviceRange the addresses of Services, such as `10.96.0.0/12`
/// @param nodePortFirst the first node port; `nodePortLast` the last
/// @param advertiseAddress where clients inside the cluster reach this server; "" publishes no
///   endpoint of the Service `default/kubernetes`
/// @param advertisePort its HTTPS port
/// @param disabledAdmission plugins left out, by upstream's names
/// @param transformers how values are encrypted in the store
public record ApiCoreConfig(
    String serviceRange,
    int nodePortFirst,
    int nodePortLast,
    String advertiseAddress,
    int advertisePort,
    List<String> disabledAdmission,
    Transformers transformers) {
  public static final ApiCoreConfig DEFAULT =
      new ApiCoreConfig("10.96.0.0/12", 30000, 32767, "", 6443, List.of());

  /// Without encryption.
  public ApiCoreConfig(
      String serviceRange,
      int nodePortFirst,
      int nodePortLast,
      String advertiseAddress,
      int advertisePort,
      List<String> disabledAdmission) {
    this(
        serviceRange,
        nodePortFirst,
        nodePortLast,
        advertiseAddress,
        advertisePort,
        disabledAdmission,
        Transformers.NONE);
  }

  public ApiCoreConfig {
    disabledAdmission = List.copyOf(disabledAdmission);
  }

  public ApiCoreConfig advertised(String address, int port) {
    return new ApiCoreConfig(
        serviceRange, nodePortFirst, nodePortLast, address, port, disabledAdmission, transformers);
  }

  public ApiCoreConfig encrypted(Transformers by) {
    return new ApiCoreConfig(
        serviceRange,
        nodePortFirst,
        nodePortLast,
        advertiseAddress,
        advertisePort,
        disabledAdmission,
        by);
  }
}
