package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of autoscalers and of disruption budgets that no recording shows.
class ScalingRulesTest {
  private static final Rules AUTOSCALER =
      Rules.of(
          "autoscaling",
          "HorizontalPodAutoscaler",
          "{'spec':{'maxReplicas':3,"
              + "'scaleTargetRef':{'apiVersion':'apps/v1','kind':'Deployment','name':'d'},"
              + "'metrics':[{'type':'Pods','pods':{'metric':{'name':'m'},"
              + "'target':{'type':'AverageValue','averageValue':'1'}}}],"
              + "'behavior':{'scaleUp':{'policies':[{'type':'Pods','value':1,'periodSeconds':1}]}}}}");
  private static final Rules BUDGET =
      Rules.of("policy", "PodDisruptionBudget", "{'spec':{'minAvailable':1}}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.maxReplicas=-1                       | maxReplicas INVALID",
        "spec.scaleTargetRef.apiVersion='v1'       | scaleTargetRef.apiVersion INVALID",
        "spec.scaleTargetRef.apiVersion='a/b/c'    | scaleTargetRef.apiVersion INVALID",
        "spec.scaleTargetRef.name=''               | scaleTargetRef.name REQUIRED",
        "spec.metrics.0.pods.metric.name=''        | metrics[0].pods.metric.name REQUIRED",
        "spec.metrics.0.pods.metric.name='a/b'     | metrics[0].pods.metric.name INVALID",
        "spec.metrics.0.pods.target.type='X'       | metrics[0].pods.target.type INVALID",
        "spec.metrics.0.pods.target.averageValue='0'   | metrics[0].pods.target.averageValue INVALID",
        "spec.metrics.0.pods.target.averageValue=null  | metrics[0].pods.target.averageValue REQUIRED",
        "spec.metrics.0={'type':'ContainerResource','containerResource':{'name':'cpu',"
            + "'container':'','target':{'type':'Utilization','averageUtilization':1}}}"
            + "                              | metrics[0].containerResource.container REQUIRED",
        "spec.metrics.0={'type':'External','external':{'metric':{'name':'m'},"
            + "'target':{'type':'Value','value':'1','averageValue':'1'}}}"
            + "                                    | metrics[0].external.target.value FORBIDDEN",
        "spec.behavior.scaleUp.stabilizationWindowSeconds=3601"
            + "                                    | behavior.scaleUp.stabilizationWindowSeconds INVALID",
        "spec.behavior.scaleUp.selectPolicy='X'    | behavior.scaleUp.selectPolicy NOT_SUPPORTED",
        "spec.behavior.scaleUp.policies.0.type='X' | behavior.scaleUp.policies[0].type NOT_SUPPORTED",
        "spec.behavior.scaleUp.policies.0.value=0  | behavior.scaleUp.policies[0].value INVALID",
        "spec.behavior.scaleUp.policies.0.periodSeconds=1801"
            + "                                    | behavior.scaleUp.policies[0].periodSeconds INVALID"
      })
  void refusesAutoscaler(String change, String expected) {
    assertThat(AUTOSCALER.create("")).isEmpty();
    assertThat(AUTOSCALER.create(change)).contains("spec." + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.currentReplicas=-1 | status.currentReplicas INVALID",
        "status.desiredReplicas=-1 | status.desiredReplicas INVALID"
      })
  void refusesStatusOfAutoscaler(String change, String expected) {
    assertThat(AUTOSCALER.update("", change, "status")).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.minAvailable='101%'  | spec.minAvailable INVALID",
        "spec.selector={'matchExpressions':[{'key':'a','operator':'X'}]}"
            + "                    | spec.selector.matchExpressions[0].operator INVALID"
      })
  void refusesBudget(String change, String expected) {
    assertThat(BUDGET.create("")).isEmpty();
    assertThat(BUDGET.create(change)).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.expectedPods=-1 | status.expectedPods INVALID",
        "status.conditions=[{'type':'T','status':'X','reason':'R',"
            + "'lastTransitionTime':'2026-01-01T00:00:00Z'}]"
            + "                 | status.conditions[0].status NOT_SUPPORTED",
        "status.conditions=[{'type':'T','status':'True','reason':'not a reason',"
            + "'lastTransitionTime':'2026-01-01T00:00:00Z'}]"
            + "                 | status.conditions[0].reason INVALID"
      })
  void refusesStatusOfBudget(String change, String expected) {
    assertThat(BUDGET.update("", change, "status")).containsExactly(expected);
  }
}
