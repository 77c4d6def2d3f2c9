package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.kubernetes.flowcontrol.v1.LimitResponse;
import io.kemudi.kubernetes.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import io.kemudi.kubernetes.flowcontrol.v1.PriorityLevelConfiguration;
import io.kemudi.kubernetes.flowcontrol.v1.QueuingConfiguration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

final class PriorityLevelConfigurationValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int QUEUES_MAX = 10_000_000;
  private static final int HASH_BITS = 60;

  private final FieldErrors errors;

  private PriorityLevelConfigurationValidation(FieldErrors errors) {
    this.errors = errors;
  }

  static void validate(PriorityLevelConfiguration level, FieldErrors errors) {
    new PriorityLevelConfigurationValidation(errors).spec(level);
    validateStatus(level, errors);
  }

  private void spec(PriorityLevelConfiguration level) {
    var spec = level.getSpec();
    String type = spec.getType();
    if (level.getMetadata().getName().equals("exempt") != type.equals("Exempt")) {
      errors.invalid(
          SPEC.child("type"), type, "type must be 'Exempt' if and only if name is 'exempt'");
    }
    switch (type) {
      case "Exempt" -> {
        if (spec.hasLimited()) {
          errors.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
        }
        if (spec.hasExempt()) {
          FieldPath path = SPEC.child("exempt");
          shares(spec.getExempt().getNominalConcurrencyShares(), path);
          lendable(spec.getExempt().getLendablePercent(), path);
        }
      }
      case "Limited" -> {
        if (spec.hasExempt()) {
          errors.forbidden(SPEC.child("exempt"), "must be nil if the type is Limited");
        }
        if (spec.hasLimited()) {
          limited(spec.getLimited(), SPEC.child("limited"));
        } else {
          errors.required(SPEC.child("limited"), "must not be empty when type is Limited");
        }
      }
      default -> errors.notSupported(SPEC.child("type"), type, List.of("Exempt", "Limited"));
    }
  }

  private void shares(int shares, FieldPath path) {
    if (shares < 0) {
      errors.invalid(
          path.child("nominalConcurrencyShares"), shares, "must be a non-negative integer");
    }
  }

  private void lendable(int percent, FieldPath path) {
    if (percent < 0 || percent > 100) {
      errors.invalid(
          path.child("lendablePercent"), percent, "must be between 0 and 100, inclusive");
    }
  }

  private void limited(LimitedPriorityLevelConfiguration limited, FieldPath path) {
    shares(limited.getNominalConcurrencyShares(), path);
    response(limited.getLimitResponse(), path.child("limitResponse"));
    lendable(limited.getLendablePercent(), path);
    if (limited.getBorrowingLimitPercent() < 0) {
      errors.invalid(
          path.child("borrowingLimitPercent"),
          limited.getBorrowingLimitPercent(),
          "if specified, must be a non-negative integer");
    }
  }

  private void response(LimitResponse response, FieldPath path) {
    switch (response.getType()) {
      case "Reject" -> {
        if (response.hasQueuing()) {
          errors.forbidden(
              path.child("queuing"), "must be nil if limited.limitResponse.type is not Limited");
        }
      }
      case "Queue" -> {
        if (response.hasQueuing()) {
          queuing(response.getQueuing(), path.child("queuing"));
        } else {
          errors.required(
              path.child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
        }
      }
      default ->
          errors.notSupported(path.child("type"), response.getType(), List.of("Queue", "Reject"));
    }
  }

  private void queuing(QueuingConfiguration queuing, FieldPath path) {
    int queues = queuing.getQueues();
    int hand = queuing.getHandSize();
    if (queuing.getQueueLengthLimit() <= 0) {
      errors.invalid(
          path.child("queueLengthLimit"), queuing.getQueueLengthLimit(), "must be positive");
    }
    if (queues <= 0) {
      errors.invalid(path.child("queues"), queues, "must be positive");
    } else if (queues > QUEUES_MAX) {
      errors.invalid(path.child("queues"), queues, "must not be greater than " + QUEUES_MAX);
    }
    FieldPath handSize = path.child("handSize");
    if (hand <= 0) {
      errors.invalid(handSize, hand, "must be positive");
    } else if (hand > queues) {
      errors.invalid(handSize, hand, "should not be greater than queues (" + queues + ")");
    } else if (entropyBits(queues, hand) > HASH_BITS) {
      errors.invalid(
          handSize,
          hand,
          "required entropy bits of deckSize "
              + queues
              + " and handSize "
              + hand
              + " should not be greater than "
              + HASH_BITS);
    }
  }

  /// How many bits of a hash it takes to deal a hand of distinct queues. The hand is at most the
  /// number of queues; more than some thousand cards always take too many bits.
  private static int entropyBits(int queues, int hand) {
    if (queues == 1) {
      return 0;
    }
    double bits = 0;
    for (int i = 0; i < hand && bits <= HASH_BITS + 1; i++) {
      bits += Math.log((double) queues - i) / Math.log(2);
    }
    return (int) Math.ceil(bits);
  }

  static void validateStatus(PriorityLevelConfiguration level, FieldErrors errors) {
    Set<String> types = new HashSet<>();
    for (int i = 0; i < level.getStatus().getConditionsCount(); i++) {
      String type = level.getStatus().getConditions(i).getType();
      FieldPath path = FieldPath.of("status", "conditions").index(i).child("type");
      if (!types.add(type)) {
        errors.duplicate(path, type);
      }
      if (type.isEmpty()) {
        errors.required(path, "must not be empty");
      }
    }
  }
}
