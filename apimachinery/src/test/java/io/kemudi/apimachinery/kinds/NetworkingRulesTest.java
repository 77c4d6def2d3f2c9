package io.kemudi.apimachinery.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rules of the networking kinds that no recording shows.
class NetworkingRulesTest {
  private static final String GROUP = "networking.k8s.io";
  private static final Rules INGRESS =
      Rules.of(
          GROUP,
          "Ingress",
          "{'spec':{'defaultBackend':{'service':{'name':'s','port':{'number':80}}},"
              + "'tls':[{'hosts':['a.b']}],'rules':[{'host':'*.a.b','http':{'paths':["
              + "{'path':'/','pathType':'Prefix',"
              + "'backend':{'service':{'name':'s','port':{'number':80}}}}]}}]}}");
  private static final Rules CLASS =
      Rules.of(
          GROUP,
          "IngressClass",
          "{'spec':{'controller':'a.io/b',"
              + "'parameters':{'kind':'K','name':'n','scope':'Namespace','namespace':'ns'}}}");
  private static final Rules POLICY =
      Rules.of(
          GROUP,
          "NetworkPolicy",
          "{'spec':{'podSelector':{},'ingress':[{'ports':[{'port':80}],"
              + "'from':[{'ipBlock':{'cidr':'10.0.0.0/8','except':['10.1.0.0/16']}}]}]}}");
  private static final Rules ADDRESS =
      Rules.of(
          GROUP,
          "IPAddress",
          "{'metadata':{'name':'2001:db8::1'},"
              + "'spec':{'parentRef':{'resource':'services','name':'s','namespace':'n'}}}");
  private static final Rules RANGE =
      Rules.of(GROUP, "ServiceCIDR", "{'spec':{'cidrs':['10.0.0.0/16']}}");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.rules.0.http.paths.0.path='/a/..'  | spec.rules[0].http.paths[0].path INVALID",
        "spec.rules.0.http.paths.0.path='/a%2fb' | spec.rules[0].http.paths[0].path INVALID",
        "spec.rules.0.http.paths.0.backend={'resource':{'kind':'','name':'a/b'}}"
            + "                | spec.rules[0].http.paths[0].backend.resource.kind REQUIRED",
        "spec.defaultBackend.service.port={'name':'A'}"
            + "                                 | spec.defaultBackend.service.port.name INVALID",
        "spec.defaultBackend.service.port={'number':70000}"
            + "                                 | spec.defaultBackend.service.port.number INVALID",
        "spec.tls.0.hosts=['*.*']                | spec.tls[0].hosts[0] INVALID",
        "spec.tls.0.secretName='A_'              | spec.tls[0].secretName INVALID",
        "spec.ingressClassName='A_'              | spec.ingressClassName INVALID"
      })
  void refusesIngress(String change, String expected) {
    assertThat(INGRESS.create("")).isEmpty();
    assertThat(INGRESS.create(change)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status.loadBalancer={'ingress':[{'ip':'x'}]} | status.loadBalancer.ingress[0].ip INVALID",
        "status.loadBalancer={'ingress':[{'hostname':'1.2.3.4'}]}"
            + " | status.loadBalancer.ingress[0].hostname INVALID"
      })
  void refusesStatusOfIngress(String change, String expected) {
    assertThat(INGRESS.update("", change, "status")).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.controller=''            | spec.controller REQUIRED",
        "spec.controller='a.io'        | spec.controller INVALID",
        "spec.parameters.namespace=null | spec.parameters.namespace REQUIRED",
        "spec.parameters.scope='Cluster' | spec.parameters.namespace FORBIDDEN",
        "spec.parameters.scope=null    | spec.parameters.scope REQUIRED",
        "spec.parameters.kind='a/b'    | spec.parameters.kind INVALID"
      })
  void refusesIngressClass(String change, String expected) {
    assertThat(CLASS.create("")).isEmpty();
    assertThat(CLASS.create(change)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.ingress.0.from.0.ipBlock.cidr=''            | cidr REQUIRED",
        "spec.ingress.0.from.0.ipBlock.cidr='10.0.0.1/8'  | cidr INVALID",
        "spec.ingress.0.from.0.ipBlock.cidr='010.0.0.0/8' | cidr INVALID",
        "spec.ingress.0.from.0.ipBlock.cidr='::ffff:1.2.3.4/128' | cidr INVALID",
        "spec.ingress.0.from.0.ipBlock.except=['10.0.0.0/8'] | except[0] INVALID"
      })
  void refusesRange(String change, String expected) {
    assertThat(POLICY.create("")).isEmpty();
    assertThat(POLICY.create(change)).contains("spec.ingress[0].from[0].ipBlock." + expected);
    assertThat(POLICY.update("", "metadata.labels={'a':'b'}", "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metadata.name='2001:DB8::1'      | metadata.name INVALID",
        "metadata.name='2001:db8:0:0::1'  | metadata.name INVALID",
        "metadata.name='010.0.0.1'        | metadata.name INVALID",
        "spec.parentRef.resource=''       | spec.parentRef.resource REQUIRED",
        "spec.parentRef.name='a/b'        | spec.parentRef.name INVALID"
      })
  void refusesAddress(String change, String expected) {
    assertThat(ADDRESS.create("")).isEmpty();
    assertThat(ADDRESS.create(change)).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.cidrs=[]                                  | spec.cidrs REQUIRED",
        "spec.cidrs=['10.0.0.0/16','10.1.0.0/16']       | spec.cidrs INVALID",
        "spec.cidrs=['10.0.0.0/16','fd00::/112','x']    | spec.cidrs INVALID",
        "spec.cidrs=['x']                               | spec.cidrs[0] INVALID"
      })
  void refusesServiceRange(String change, String expected) {
    assertThat(RANGE.create(change)).containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.cidrs=['10.0.0.0/16','fd00::/112'] | ''",
        "spec.cidrs=['10.1.0.0/16']              | spec.cidrs[0] INVALID",
        "spec.cidrs=[]                           | spec.cidrs INVALID"
      })
  void onlyASecondFamilyCanComeLater(String change, String expected) {
    assertThat(String.join(", ", RANGE.update("", change, ""))).isEqualTo(expected);
  }
}
