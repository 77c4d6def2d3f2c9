package io.kemudi.controllermanager.clusterroleaggregation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.kubernetes.rbac.v1.ClusterRole;
import io.kemudi.kubernetes.rbac.v1.PolicyRule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterRoleAggregationTest {
  @Test
  void rulesOfTheSelectedRolesAreGatheredOnceInTheOrderOfTheirNames() {
    ClusterRole view = role("view", "", "stale");
    view = selecting(view, "to-view");
    List<ClusterRole> all =
        new ArrayList<>(
            List.of(
                role("z", "to-view", "pods", "services"),
                role("b", "to-edit", "secrets"),
                view,
                role("a", "to-view", "nodes", "services")));

    assertThat(resources(view, all)).containsExactly("nodes", "services", "pods");
  }

  @Test
  void severalSelectorsAddUpAndARoleIsNeverItsOwnSource() {
    ClusterRole admin = selecting(selecting(role("admin", "to-edit", "own"), "to-edit"), "to-view");
    List<ClusterRole> all =
        List.of(admin, role("edit", "to-edit", "secrets"), role("view", "to-view", "pods"));

    assertThat(resources(admin, all)).containsExactly("secrets", "pods");
  }

  @Test
  void nothingSelectedLeavesNothing() {
    ClusterRole lonely = selecting(role("lonely", "", "stale"), "to-view");

    assertThat(resources(lonely, List.of(lonely))).isEmpty();
  }

  private static List<String> resources(ClusterRole role, List<ClusterRole> all) {
    return ClusterRoleAggregationReconciler.rules(role, all).stream()
        .map(rule -> rule.getResources(0))
        .toList();
  }

  private static ClusterRole role(String name, String label, String... resources) {
    ClusterRole.Builder role = ClusterRole.newBuilder();
    role.getMetadataBuilder().setName(name).putLabels(label, "true");
    for (String resource : resources) {
      role.addRules(PolicyRule.newBuilder().addVerbs("get").addResources(resource));
    }
    return role.build();
  }

  private static ClusterRole selecting(ClusterRole role, String label) {
    ClusterRole.Builder builder = role.toBuilder();
    builder
        .getAggregationRuleBuilder()
        .addClusterRoleSelectorsBuilder()
        .putMatchLabels(label, "true");
    return builder.build();
  }
}
