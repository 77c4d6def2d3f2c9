package io.kemudi.scheduler.framework;

import java.util.List;

/// What one plugin says of one node (or of the pod as a whole). A refusal is an answer, not a
/// failure; its reasons are for people.
public sealed interface FilterResult {
  FilterResult FITS = new Fits();

  record Fits() implements FilterResult {}

  /// Not now: taking pods away may help.
  record Unschedulable(List<String> reasons) implements FilterResult {}

  /// Not as long as node and pod are as they are.
  record UnschedulableAndUnresolvable(List<String> reasons) implements FilterResult {}

  static FilterResult unschedulable(String reason) {
    return new Unschedulable(List.of(reason));
  }

  static FilterResult unresolvable(String reason) {
    return new UnschedulableAndUnresolvable(List.of(reason));
  }
}
