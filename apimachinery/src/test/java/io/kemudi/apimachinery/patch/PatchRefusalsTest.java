package io.kemudi.apimachinery.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.Schema;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatchRefusalsTest {
  private static final String DEPLOYMENT =
      """
      {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"d"},
       "spec":{"strategy":{"type":"RollingUpdate"},"template":{"spec":{"containers":[{"name":"c","image":"img"}]}}}}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{'op':'nope','path':'/a'}]",
        "[{'op':'remove','path':'/data/zz'}]",
        "[{'op':'add','path':'/x/y/z','value':1}]",
        "[{'op':'test','path':'/data/a','value':'no'}]",
        "[{'op':'add','path':'data','value':{}}]",
        "[{'path':'/data'}]",
        "[{'op':'add'}]",
        "[{'op':'add','path':'/list/5','value':'x'}]",
        "[{'op':'replace','path':'','value':5}]",
        "[{'op':'remove','path':''}]"
      })
  void operationsThatCannotBeDoneAreInvalid(String patch) {
    ApiException refusal =
        refusal(() -> JsonPatch.apply(tree("{'data':{'a':'b'},'list':['x']}"), json(patch)));

    assertThat(refusal.code()).isEqualTo(422);
    assertThat(refusal.text())
        .isEqualTo("the server rejected our request due to an error in our request");
  }

  @Test
  void tooManyOperationsAreTooLarge() {
    var operations = new ArrayList<@Nullable Object>();
    for (int i = 0; i <= JsonPatch.MAX_OPERATIONS; i++) {
      operations.add(Map.of("op", "add", "path", "/a", "value", "b"));
    }

    ApiException refusal = refusal(() -> JsonPatch.apply(tree("{}"), operations));

    assertThat(refusal.code()).isEqualTo(413);
    assertThat(refusal.text())
        .isEqualTo(
            "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001");
  }

  @Test
  void copyingAnObjectIntoItselfAgainAndAgainIsRefused() {
    var operations = new ArrayList<@Nullable Object>();
    for (int i = 0; i < 64; i++) {
      operations.add(Map.of("op", "copy", "from", "/a", "path", "/a/" + i));
    }

    assertThat(refusal(() -> JsonPatch.apply(tree("{'a':{'b':'c'}}"), operations)).code())
        .isEqualTo(422);
  }

  @Test
  void unknownKeysOfOperationsAreTold() {
    assertThat(JsonPatch.problems(json("[{'op':'add','path':'/a','value':1,'foo':'bar'}]")))
        .containsExactly("json patch unknown field \"[0].foo\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'spec':{'template':{'spec':{'containers':[{'image':'x'}]}}}}|500|map: map[image:x] does not contain declared merge key: name",
        "{'spec':{'template':{'spec':{'containers':[{'name':'c','$patch':'nope'}]}}}}|500|unknown patch type: nope in map: map[$patch:nope name:c]",
        "{'spec':{'template':{'spec':{'containers':['x']}}}}|500|list element types are not identical: [[map[image:img name:c]] [x]]",
        "{'spec':{'$patch':'nope'}}|500|unknown patch type: nope in map: map[$patch:nope]",
        "{'spec':{'$retainKeys':['a'],'strategy':{'type':'x'}}}|400|invalid patch format of retainKeys",
        "{'spec':{'strategy':{'$retainKeys':'type','type':'Recreate'}}}|400|invalid patch format of retainKeys",
        "{'metadata':{'$patch':'merge','labels':{'m':'1'}}}|500|unknown patch type: merge in map: map[$patch:merge labels:map[m:1]]",
      })
  void illFormedDirectivesAreRefusedAsUpstreamDoes(String patch, int code, String message) {
    ApiException refusal =
        refusal(() ->
            StrategicMergePatch.apply(
                Schema.message("apps.v1.Deployment"), tree(DEPLOYMENT), json(patch)));

    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.text()).isEqualTo(message);
  }

  @Test
  void orderThatContradictsTheListIsRefused() {
    ApiException refusal =
        refusal(() ->
            StrategicMergePatch.apply(
                Schema.message("apps.v1.Deployment"),
                tree(DEPLOYMENT),
                json(
                    "{'spec':{'template':{'spec':{'$setElementOrder/containers':[{'name':'zz'}],"
                        + "'containers':[{'name':'c','image':'x'}]}}}}")));

    assertThat(refusal.text())
        .isEqualTo(
            "The order in patch list:\n[map[image:x name:c]]\n doesn't match $setElementOrder list:\n[map[name:zz]]\n");
  }

  private static ApiException refusal(Runnable work) {
    return catchThrowableOfType(ApiException.class, work::run);
  }

  private static @Nullable Object json(String text) {
    return Json.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, @Nullable Object> tree(String text) {
    return Json.parseObject(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
