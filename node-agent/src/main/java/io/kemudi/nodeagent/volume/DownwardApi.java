package io.kemudi.nodeagent.volume;

import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.HostIP;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.PodIP;
import io.kemudi.kubernetes.core.v1.ResourceFieldSelector;
import io.kemudi.kubernetes.quantity.Quantity;
import io.kemudi.nodeagent.status.Amounts;
import io.kemudi.nodeagent.status.PodContainers;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a pod may be told of itself, by field path and by resource name.
public final class DownwardApi {
  private static final Pattern SUBSCRIPT =
      Pattern.compile("metadata\\.(labels|annotations)\\['(.*)']");

  private DownwardApi() {}

  /// The value at `path`; addresses are read from the pod's status.
  public static String field(Pod pod, String path) {
    Matcher subscript = SUBSCRIPT.matcher(path);
    if (subscript.matches()) {
      Map<String, String> map =
          subscript.group(1).equals("labels")
              ? pod.getMetadata().getLabelsMap()
              : pod.getMetadata().getAnnotationsMap();
      return map.getOrDefault(subscript.group(2), "");
    }
    return switch (path) {
      case "metadata.name" -> pod.getMetadata().getName();
      case "metadata.namespace" -> pod.getMetadata().getNamespace();
      case "metadata.uid" -> pod.getMetadata().getUid();
      case "metadata.labels" -> lines(pod.getMetadata().getLabelsMap());
      case "metadata.annotations" -> lines(pod.getMetadata().getAnnotationsMap());
      case "spec.nodeName" -> pod.getSpec().getNodeName();
      case "spec.serviceAccountName" -> pod.getSpec().getServiceAccountName();
      case "status.hostIP" -> pod.getStatus().getHostIP();
      case "status.hostIPs" ->
          pod.getStatus().getHostIPsList().stream()
              .map(HostIP::getIp)
              .collect(Collectors.joining(","));
      case "status.podIP" -> pod.getStatus().getPodIP();
      case "status.podIPs" ->
          pod.getStatus().getPodIPsList().stream()
              .map(PodIP::getIp)
              .collect(Collectors.joining(","));
      default -> throw new IllegalArgumentException("unsupported fieldPath: " + path);
    };
  }

  /// `key="value"` lines, sorted by key, values quoted as Go does.
  private static String lines(Map<String, String> map) {
    return new TreeMap<>(map)
        .entrySet().stream()
            .map(e -> e.getKey() + "=" + quote(e.getValue()))
            .collect(Collectors.joining("\n"));
  }

  private static String quote(String value) {
    var out = new StringBuilder("\"");
    value
        .codePoints()
        .forEach(c -> {
          switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
              if (c < 0x20 || c == 0x7f) {
                out.append("\\x%02x".formatted(c));
              } else {
                out.appendCodePoint(c);
              }
            }
          }
        });
    return out.append('"').toString();
  }

  /// A container's request or limit in units of the divisor, rounded up; the node's allocatable
  /// amount where there is no limit.
  ///
  /// @param container the one that asks, when the selector names none
  public static String resource(
      Pod pod,
      Container container,
      ResourceFieldSelector selector,
      Map<String, Quantity> allocatable) {
    Container of = container;
    if (!selector.getContainerName().isEmpty()) {
      Container named = PodContainers.find(pod.getSpec(), selector.getContainerName());
      if (named == null) {
        throw new IllegalArgumentException(
            "container " + selector.getContainerName() + " not found");
      }
      of = named;
    }
    String[] path = selector.getResource().split("\\.", 2);
    if (path.length != 2 || !(path[0].equals("limits") || path[0].equals("requests"))) {
      throw new IllegalArgumentException(
          "unsupported container resource : " + selector.getResource());
    }
    Map<String, Quantity> amounts =
        path[0].equals("limits")
            ? of.getResources().getLimitsMap()
            : of.getResources().getRequestsMap();
    Quantity found = amounts.get(path[1]);
    if (found == null && path[0].equals("limits")) {
      found = allocatable.get(path[1]);
    }
    BigDecimal amount = found == null ? BigDecimal.ZERO : Amounts.of(found.getString());
    return inUnits(amount, selector.getDivisor());
  }

  private static String inUnits(BigDecimal amount, Quantity divisor) {
    BigDecimal unit = Amounts.of(divisor.getString().isEmpty() ? "1" : divisor.getString());
    if (unit.signum() == 0) {
      unit = BigDecimal.ONE;
    }
    return amount.divide(unit, 0, RoundingMode.CEILING).toBigInteger().toString();
  }
}
