package io.kemudi.apiserver.admission;

import static io.kemudi.apiserver.admission.AdmissionFixture.assertRefused;
import static io.kemudi.apiserver.admission.AdmissionFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.store.memory.MemoryStore;
import io.kemudi.time.SystemTimers;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Admission by policies, against a registry with all plugins.
class PoliciesTest {
  private static final String V1 = "admissionregistration.k8s.io/v1 ";
  private static final String CONFIG_MAPS =
      "'matchConstraints':{'resourceRules':[{'operations':['CREATE','UPDATE'],'apiGroups':[''],"
          + "'apiVersions':['v1'],'resources':['configmaps']}]},";

  private final MemoryStore store = new MemoryStore(new SystemTimers());
  private AdmissionFixture api = new AdmissionFixture(store);

  @BeforeEach
  void namespace() {
    api.namespace("ns", "");
  }

  @AfterEach
  void close() {
    api.close();
  }

  private void policy(String kind, String name, String spec, String binding) {
    api.create(
        V1 + kind + "policies", "{'metadata':{'name':'" + name + "'},'spec':{" + spec + "}}");
    api.create(
        V1 + kind + "policybindings",
        "{'metadata':{'name':'" + name + "'},'spec':{'policyName':'" + name + "'" + binding + "}}");
  }

  private void validating(String name, String spec) {
    policy("validatingadmission", name, CONFIG_MAPS + spec, ",'validationActions':['Deny']");
  }

  private Map<String, @Nullable Object> configMap(String name, String data) {
    return api.create(
        "v1 configmaps ns", "{'metadata':{'name':'" + name + "'},'data':{" + data + "}}");
  }

  @Test
  void variablesAreComputedFromVariables() {
    validating(
        "v",
        "'variables':[{'name':'n','expression':'int(object.data.n)'},"
            + "{'name':'twice','expression':'variables.n * 2'}],"
            + "'validations':[{'expression':'variables.twice < 10',"
            + "'messageExpression':'\\\"twice is \\\" + string(variables.twice)'}]");

    configMap("small", "'n':'4'");
    assertRefused(() -> configMap("large", "'n':'9'"))
        .hasMessage(
            "configmaps \"large\" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'v'"
                + " denied request: twice is 18");
    assertRefused(() -> configMap("none", "'n':'z'"))
        .hasMessageContaining(
            "expression 'variables.twice < 10' resulted in error: composited variable \"twice\""
                + " fails to evaluate: composited variable \"n\" fails to evaluate: ");
  }

  @Test
  void policyIsNeverAskedAboutPolicies() {
    policy(
        "validatingadmission",
        "all",
        "'matchConstraints':{'resourceRules':[{'operations':['*'],'apiGroups':['*'],"
            + "'apiVersions':['*'],'resources':['*/*']}]},'validations':[{'expression':'false'}]",
        ",'validationActions':['Deny']");

    assertRefused(() -> configMap("c", "")).isInstanceOf(ApiException.class);
    api.delete(V1 + "validatingadmissionpolicies /all");
    configMap("c", "");
  }

  /// LESSONS: a policy with missing parameters fails closed at restart (gatekeeper#4530).
  @Test
  void parametersAreThereWithTheirPolicyAfterARestart() {
    configMap("limits", "'max':'3'");
    policy(
        "validatingadmission",
        "p",
        CONFIG_MAPS
            + "'paramKind':{'apiVersion':'v1','kind':'ConfigMap'},"
            + "'validations':[{'expression':'!has(object.data) || int(object.data.n) <="
            + " int(params.data.max)'}]",
        ",'validationActions':['Deny'],'paramRef':{'name':'limits','namespace':'ns',"
            + "'parameterNotFoundAction':'Deny'}");
    api.close();

    api = new AdmissionFixture(store);

    configMap("after", "'n':'2'"); // the first request of the new server
    assertRefused(() -> configMap("more", "'n':'4'")).hasMessageContaining("failed expression");
  }

  @Test
  void mutatingPoliciesSeeWhatOthersChangedWhenTheyWantTo() {
    policy(
        "mutatingadmission",
        "a",
        CONFIG_MAPS
            + "'failurePolicy':'Fail','reinvocationPolicy':'IfNeeded','mutations':[{'patchType':"
            + "'ApplyConfiguration','applyConfiguration':{'expression':'Object{data:"
            + " Object.data{seen: string(has(object.data) && \\\"b\\\" in object.data)}}'}}]",
        "");
    policy(
        "mutatingadmission",
        "b",
        CONFIG_MAPS
            + "'failurePolicy':'Fail','reinvocationPolicy':'Never','mutations':[{'patchType':"
            + "'JSONPatch','jsonPatch':{'expression':'[JSONPatch{op: \\\"add\\\", path:"
            + " \\\"/data/b\\\", value: \\\"1\\\"}]'}}]",
        "");

    Map<String, @Nullable Object> made = configMap("c", "'k':'v'");

    assertThat(json(made, "data")).contains("\"b\":\"1\"").contains("\"seen\":\"true\"");
    assertThat(json(made, "metadata", "managedFields")).doesNotContain("f:b").contains("f:k");
  }
}
