package io.kemudi.apiserver.admission;

import io.kemudi.apimachinery.pods.Amounts;
import io.kemudi.apimachinery.pods.PodAmounts;
import io.kemudi.apimachinery.quantity.Quantity;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.LimitRangeItem;
import io.kemudi.kubernetes.core.v1.PersistentVolumeClaim;
import io.kemudi.kubernetes.core.v1.PodSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One item of a limit range against one pod or claim: what is broken, in upstream's words.
final class LimitRules {
  private final LimitRangeItem limit;
  private final Map<String, Quantity> requests;
  private final Map<String, Quantity> limits;
  private final List<String> broken = new ArrayList<>();

  private LimitRules(
      LimitRangeItem limit, Map<String, Quantity> requests, Map<String, Quantity> limits) {
    this.limit = limit;
    this.requests = requests;
    this.limits = limits;
  }

  static List<String> ofPod(LimitRangeItem limit, PodSpec spec) {
    List<String> broken = new ArrayList<>();
    if (limit.getType().equals("Container")) {
      List<Container> containers = new ArrayList<>(spec.getContainersList());
      containers.addAll(spec.getInitContainersList());
      for (Container container : containers) {
        broken.addAll(
            new LimitRules(
                    limit,
                    Amounts.of(container.getResources().getRequestsMap()),
                    Amounts.of(container.getResources().getLimitsMap()))
                .check());
      }
    }
    if (limit.getType().equals("Pod")) {
      broken.addAll(
          new LimitRules(limit, PodAmounts.requests(spec), PodAmounts.limits(spec)).check());
    }
    return broken;
  }

  /// Claims have no limits, so minimum and maximum are both held against the request.
  static List<String> ofClaim(LimitRangeItem limit, PersistentVolumeClaim claim) {
    if (!limit.getType().equals("PersistentVolumeClaim")) {
      return List.of();
    }
    LimitRules rules =
        new LimitRules(
            limit, Amounts.of(claim.getSpec().getResources().getRequestsMap()), Map.of());
    Amounts.of(limit.getMinMap()).forEach(rules::min);
    Amounts.of(limit.getMaxMap()).forEach(rules::maxRequest);
    return rules.broken;
  }

  private List<String> check() {
    Amounts.of(limit.getMinMap()).forEach(this::min);
    Amounts.of(limit.getMaxMap()).forEach(this::max);
    Amounts.of(limit.getMaxLimitRequestRatioMap()).forEach(this::ratio);
    return broken;
  }

  private void min(String name, Quantity enforced) {
    Quantity request = requests.get(name);
    Quantity upper = limits.get(name);
    String what = usage("minimum", name, enforced);
    if (request == null) {
      broken.add(what + ".  No request is specified");
    } else if (compare(request, enforced) < 0) {
      broken.add(what + ", but request is " + request);
    } else if (upper != null && compare(upper, enforced) < 0) {
      broken.add(what + ", but limit is " + upper);
    }
  }

  private void max(String name, Quantity enforced) {
    Quantity request = requests.get(name);
    Quantity upper = limits.get(name);
    String what = usage("maximum", name, enforced);
    if (upper == null) {
      broken.add(what + ".  No limit is specified");
    } else if (compare(upper, enforced) > 0) {
      broken.add(what + ", but limit is " + upper);
    } else if (request != null && compare(request, enforced) > 0) {
      broken.add(what + ", but request is " + request);
    }
  }

  private void maxRequest(String name, Quantity enforced) {
    Quantity request = requests.get(name);
    String what = usage("maximum", name, enforced);
    if (request == null) {
      broken.add(what + ".  No request is specified");
    } else if (compare(request, enforced) > 0) {
      broken.add(what + ", but request is " + request);
    }
  }

  private void ratio(String name, Quantity enforced) {
    Quantity request = requests.get(name);
    Quantity upper = limits.get(name);
    String what =
        name + " max limit to request ratio per " + limit.getType() + " is " + enforced + ", but ";
    if (request == null || request.isZero()) {
      broken.add(what + "no request is specified or request is 0");
    } else if (upper == null || upper.isZero()) {
      broken.add(what + "no limit is specified or limit is 0");
    } else {
      double observed = upper.toDouble() / request.toDouble();
      if (observed > enforced.toDouble()) {
        broken.add(what + "provided ratio is " + String.format(Locale.ROOT, "%f", observed));
      }
    }
  }

  private String usage(String bound, String name, Quantity enforced) {
    return bound + " " + name + " usage per " + limit.getType() + " is " + enforced;
  }

  /// As upstream compares: in thousandths, what is finer is rounded up.
  private static int compare(Quantity a, Quantity b) {
    return a.roundedUpTo(-3).compareTo(b.roundedUpTo(-3));
  }
}
