package io.kemudi.launcher;

import io.kemudi.nodeagent.posix.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Keeps two clusters on one machine from using the same addresses: the machine's routes would lead
/// to one of them only, and each refuses what it does not know in its range of Services.
final class AddressRanges {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private AddressRanges() {}

  /// An IPv4 range.
  ///
  /// @param first its first address as a number
  /// @param prefix its length, 0 to 32
  record Range(long first, int prefix) {
    static Range parse(String text) {
      String[] parts = text.split("/", -1);
      String[] bytes = parts[0].split("\\.", -1);
      int prefix = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
      if (bytes.length != 4 || parts.length > 2 || prefix < 0 || prefix > 32) {
        throw new IllegalArgumentException("not an IPv4 range: " + text);
      }
      long address = 0;
      for (String part : bytes) {
        address = address << 8 | Integer.parseInt(part);
      }
      return new Range(address & -1L << (32 - prefix), prefix);
    }

    boolean overlaps(Range other) {
      long mask = -1L << (32 - Math.min(prefix, other.prefix));
      return (first & mask) == (other.first & mask);
    }
  }

  /// A route of this machine.
  record Route(Range range, String device) {}

  /// Fails with a sentence when another cluster of this machine has addresses that `options` names.
  static void requireFree(UpOptions options, ClusterNames names) {
    if (options.runtime() != RuntimeChoice.HOLLOW) {
      requireFree(options.podRange(), options.serviceRange(), names, routes());
    }
  }

  static void requireFree(
      String podRange, String serviceRange, ClusterNames names, List<Route> routes) {
    List<Route> others =
        routes.stream()
            .filter(r -> r.device().startsWith("kemudi") && !names.isBridge(r.device()))
            .toList();
    requireFree(podRange, "--cluster-cidr", others, routes);
    requireFree(serviceRange, "--service-cluster-ip-range", others, routes);
  }

  private static void requireFree(
      String range, String option, List<Route> others, List<Route> all) {
    Range wanted = Range.parse(range);
    for (Route route : others) {
      if (route.range().overlaps(wanted)) {
        throw new UserError(
            ("%s %s is in use by another cluster of this machine (bridge %s): start this one with"
                    + " ranges of its own, such as --cluster-cidr %s --service-cluster-ip-range %s")
                .formatted(
                    option,
                    range,
                    route.device(),
                    free("10.%d.0.0/16", 245, 1, all),
                    free("10.%d.0.0/12", 112, 16, all)));
      }
    }
  }

  /// The first range of this form that no route of the machine touches.
  private static String free(String form, int first, int step, List<Route> routes) {
    for (int i = first; i < 256; i += step) {
      Range candidate = Range.parse(form.formatted(i));
      if (routes.stream().noneMatch(r -> r.range().overlaps(candidate))) {
        return form.formatted(i);
      }
    }
    return form.formatted(first);
  }

  /// What `ip -4 route` lists, without the default route.
  private static List<Route> routes() {
    try {
      return parse(Command.check(LIMIT, List.of("ip", "-4", "route", "show")));
    } catch (IOException e) {
      return List.of(); // without `ip` there are no pods either, and that is said elsewhere
    }
  }

  static List<Route> parse(String listing) {
    var routes = new ArrayList<Route>();
    for (String line : listing.lines().toList()) {
      String[] words = line.strip().split("\\s+");
      int device = List.of(words).indexOf("dev") + 1;
      if (device > 0 && device < words.length && words[0].matches("[0-9./]+")) {
        routes.add(new Route(Range.parse(words[0]), words[device]));
      }
    }
    return routes;
  }
}
