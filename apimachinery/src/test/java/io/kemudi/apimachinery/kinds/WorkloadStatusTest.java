package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the kinds that make pods may report of them.
class WorkloadStatusTest {
  private static final String TEMPLATE =
      "'template':{'metadata':{'labels':{'a':'b'}},"
          + "'spec':{'containers':[{'name':'c','image':'i'}]}}";
  private static final String SELECTED = "'selector':{'matchLabels':{'a':'b'}}," + TEMPLATE;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "StatefulSet | status.replicas=1 & status.updatedReplicas=2 | status.updatedReplicas INVALID",
        "StatefulSet | status.collisionCount=1 | status.collisionCount INVALID",
        "StatefulSet | status.replicas=2 & status.availableReplicas=1"
            + " | status.availableReplicas INVALID",
        "DaemonSet   | status.numberReady=-1 | status.numberReady INVALID",
        "DaemonSet   | status.collisionCount=1 | status.collisionCount INVALID",
        "ReplicationController | status.readyReplicas=1 | status.readyReplicas INVALID"
      })
  void refusesWhatCannotBe(String kind, String change, String expected) {
    Rules rules =
        kind.equals("ReplicationController")
            ? Rules.of("", kind, "{'spec':{" + TEMPLATE + "}}")
            : Rules.of("apps", kind, "{'spec':{" + SELECTED + "}}");
    String before = kind.startsWith("Rep") ? "" : "status.collisionCount=2";
    String counted =
        change.contains("collision") || before.isEmpty()
            ? change
            : change + " & status.collisionCount=2";
    assertThat(rules.update(before, counted, "status")).containsExactly(expected);
  }
}
