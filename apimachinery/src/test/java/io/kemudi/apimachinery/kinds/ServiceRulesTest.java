package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of Services that no recording shows.
class ServiceRulesTest {
  private static final Rules SERVICE =
      Rules.of(
          "",
          "Service",
          "{'spec':{'ports':[{'port':80}],'clusterIP':'10.0.0.9','clusterIPs':['10.0.0.9'],"
              + "'ipFamilies':['IPv4'],'ipFamilyPolicy':'SingleStack'}}");
  private static final String BALANCED = "spec.type='LoadBalancer' & spec.loadBalancerClass='a/b'";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.clusterIPs=['10.0.0.8']                    | spec.clusterIPs INVALID",
        "spec.clusterIP=''                               | spec.clusterIPs INVALID",
        "spec.clusterIP='None' & spec.clusterIPs=['None','10.0.0.9'] | spec.clusterIPs INVALID",
        "spec.clusterIPs=['10.0.0.9','10.0.0.8']         | spec.clusterIPs INVALID",
        "spec.clusterIPs=['10.0.0.9','fd00::1','fd00::2'] | spec.clusterIPs INVALID",
        "spec.ipFamilies=['IPv4','IPv4']                 | spec.ipFamilies[1] DUPLICATE",
        "spec.ipFamilies=['IPv6']                        | spec.clusterIPs[0] INVALID",
        "spec.ipFamilyPolicy='X'                         | spec.ipFamilyPolicy NOT_SUPPORTED",
        "spec.trafficDistribution='X'                    | spec.trafficDistribution NOT_SUPPORTED",
        "spec.type='ExternalName' & spec.externalName='a.b' | spec.ipFamilies FORBIDDEN",
        "spec.externalIPs=['::ffff:1.2.3.4']             | spec.externalIPs[0] INVALID"
      })
  void refuses(String change, String expected) {
    assertThat(SERVICE.create("")).isEmpty();
    assertThat(SERVICE.create(change)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''    | spec.clusterIP='10.0.0.8'      | spec.clusterIPs[0] INVALID",
        "''    | spec.clusterIP='' & spec.clusterIPs=[] | ''",
        "''    | spec.clusterIPs=['10.0.0.9','fd00::1'] & spec.ipFamilies=['IPv4','IPv6']"
            + " & spec.ipFamilyPolicy='PreferDualStack' | ''",
        "spec.clusterIPs=['10.0.0.9','fd00::1'] & spec.ipFamilies=['IPv4','IPv6']"
            + " & spec.ipFamilyPolicy='PreferDualStack'"
            + " | spec.clusterIPs=['10.0.0.9'] & spec.ipFamilies=['IPv4']"
            + " | spec.ipFamilyPolicy INVALID",
        BALANCED + " | spec.loadBalancerClass='a/c' | spec.loadBalancerClass INVALID",
        "''    | " + BALANCED + " | ''"
      })
  void changes(String before, String change, String expected) {
    assertThat(String.join(", ", SERVICE.update(before, change, ""))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ip':'1.2.3.4','ipMode':'X'}   | ipMode NOT_SUPPORTED",
        "{'hostname':'a.b','ipMode':'VIP'} | ipMode FORBIDDEN",
        "{'ip':'x'}                      | ip INVALID"
      })
  void refusesStatus(String point, String expected) {
    assertThat(
            SERVICE.update(BALANCED, "status.loadBalancer={'ingress':[" + point + "]}", "status"))
        .contains("status.loadBalancer.ingress[0]." + expected);
  }
}
