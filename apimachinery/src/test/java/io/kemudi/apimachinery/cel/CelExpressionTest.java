package io.kemudi.apimachinery.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.types.StructTypeReference;
import io.kemudi.apimachinery.cel.library.CelAuthorizer;
import io.kemudi.apimachinery.cel.library.CelLibraries;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kubernetes' function libraries, its error texts and its cost limits.
class CelExpressionTest {
  private static final CelEnvironment ENVIRONMENT =
      CelEnvironment.empty()
          .withTypes(
              Map.of(
                  "Spec",
                  StructType.create(
                      "Spec",
                      ImmutableSet.of("min", "list"),
                      field ->
                          Optional.of(
                              field.equals("min")
                                  ? SimpleType.INT
                                  : ListType.create(SimpleType.STRING)))))
          .withVariable("self", StructTypeReference.create("Spec"))
          .withVariable("object", SimpleType.DYN)
          .withVariable("authorizer", CelLibraries.AUTHORIZER);

  private static Object evaluate(String text) {
    return evaluate(text, new CelBudget(CelBudget.PER_OBJECT));
  }

  private static Object evaluate(String text, CelBudget budget) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", "n");
    metadata.put("nothing", null);
    return ENVIRONMENT
        .compile(text)
        .evaluate(
            Map.of(
                "self", Map.of("min", 3L, "list", List.of("a", "ab")),
                "object", CelValues.of(Map.of("metadata", metadata)),
                "authorizer", new OnlyGet("")),
            budget);
  }

  private record OnlyGet(String account) implements CelAuthorizer {
    @Override
    public Decision check(Question question) {
      return new Decision(
          question.verb().equals("get")
              && question.resource().equals("pods")
              && (account.isEmpty() || account.equals("ns/sa")),
          "because",
          "");
    }

    @Override
    public CelAuthorizer serviceAccount(String namespace, String name) {
      return new OnlyGet(namespace + "/" + name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "self.min == 3 && self.list.all(x, x.startsWith('a'))",
        "object.metadata.nothing == null",
        "!has(object.metadata.labels) && has(object.metadata.name)",
        "object.?metadata.?labels.orValue({}).size() == 0",
        "[1, 2, 3].sum() == 6 && [1.5, 2.5].sum() == 4.0 && ([3, 1].min() == 1)",
        "['b', 'a'].max() == 'b' && ![3, 1].isSorted() && [1, 1, 2].isSorted()",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1",
        "'abc 123 45'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
        "'a1b2'.findAll('[0-9]', 1) == ['1'] && 'x'.find('[0-9]') == ''",
        "isURL('https://a.b:80/c?d=e') && isURL('/x') && !isURL('a b') && !isURL('x/y')",
        "url('https://a.b:80/c?d=e&d=f').getHost() == 'a.b:80'",
        "url('https://[::1]:80/').getHostname() == '::1' && url('https://h/').getPort() == ''",
        "url('https://a/c%20d?x=1').getEscapedPath() == '/c%20d'",
        "url('https://a/?d=e&d=f').getQuery()['d'] == ['e', 'f']",
        "quantity('1Gi').isGreaterThan(quantity('1G')) && isQuantity('10m') && !isQuantity('x')",
        "quantity('1').add(quantity('500m')) == quantity('1500m') && quantity('2k').sub(5).asInteger() == 1995",
        "quantity('50k').isInteger() && quantity('-1').sign() == -1 && quantity('1').compareTo(quantity('2')) == -1",
        "quantity('0.5').asApproximateFloat() == 0.5",
        "isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0') && !isIP('::ffff:1.2.3.4')",
        "ip('10.0.0.1').family() == 4 && ip('::1').isLoopback() && ip('fe80::1').isLinkLocalUnicast()",
        "ip.isCanonical('2001:db8::1') && !ip.isCanonical('2001:DB8::1')",
        "string(ip('2001:db8:0:0:0:0:0:1')) == '2001:db8::1' && ip('8.8.8.8').isGlobalUnicast()",
        "ip('224.0.0.1').isLinkLocalMulticast() && ip('0.0.0.0').isUnspecified()",
        "cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('10.0.0.1'))",
        "cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && cidr('192.168.0.7/24').masked() == cidr('192.168.0.0/24')",
        "cidr('::1/128').prefixLength() == 128 && string(cidr('10.0.0.0/8')) == '10.0.0.0/8' && isCIDR('10.0.0.0/8')",
        "cidr('10.0.0.0/8').ip() == ip('10.0.0.0') && !isCIDR('10.0.0.0/33')",
        "format.dns1123Label().validate('a-b') == optional.none() && format.dns1123Label().validate('A').hasValue()",
        "format.named('uuid').value().validate('x').value() == ['does not match the UUID format']",
        "!format.named('nope').hasValue()",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0-alpha.1') && !isSemver('1.0')",
        "semver('v1.0', true).major() == 1 && semver('1.0.0-rc.1').compareTo(semver('1.0.0')) == -1",
        "authorizer.group('').resource('pods').namespace('a').check('get').allowed()",
        "!authorizer.group('').resource('pods').check('delete').allowed()",
        "authorizer.serviceAccount('ns', 'sa').group('').resource('pods').check('get').reason() == 'because'",
        "!authorizer.path('/healthz').check('get').errored()",
        "'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b' && 'AB'.lowerAscii() == 'ab'",
        "'abcabc'.indexOf('c') == 2 && 'abc'.replace('b', 'x') == 'axc' && ' a '.trim() == 'a'",
        "'%s has %d, %.2f, %x'.format([dyn('a'), dyn(3), dyn(1.5), dyn(255)]) == 'a has 3, 1.50, ff'",
        "jsonpatch.escapeKey('a/b~c') == 'a~1b~0c'",
        "sets.contains([1, 2, 3], [1]) && sets.intersects([1], [1, 2])",
        "cel.bind(x, self.min + 1, x * x) == 16",
        "[1, 2].exists(i, v, i == 1 && v == 2) && {'a': 1}.transformList(k, v, k) == ['a']",
        "timestamp('2020-01-01T00:00:00Z') < timestamp('2021-01-01T00:00:00Z') && duration('1h') > duration('30m')",
        "1 < 1.5 && dyn(3) == 3.0"
      })
  void isTrue(String text) {
    assertThat(evaluate(text)).as(text).isEqualTo(true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "self. | Syntax error: no viable alternative at input '.'",
        "1 + | Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
        "self.c == 1 | undefined field 'c'",
        "foo.bar == 1 | undeclared reference to 'foo' (in container '')"
      })
  void refusesInUpstreamsWords(String text, String why) {
    assertThatThrownBy(() -> ENVIRONMENT.compile(text))
        .isInstanceOf(CelFailure.class)
        .hasMessageStartingWith("compilation failed: ERROR: <input>:1:")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "object.metadata.annotations['n'] == '' | no such key: annotations",
        "1 / (self.min - 3) == 1 | division by zero",
        "self.list[7] == '' | index out of bounds: 7",
        "object.metadata.name + 1 == 2 | no such overload"
      })
  void failsInUpstreamsWords(String text, String why) {
    assertThatThrownBy(() -> evaluate(text)).isInstanceOf(CelFailure.class).hasMessage(why);
  }

  @Test
  void constructsObjects() {
    CelEnvironment constructing =
        CelEnvironment.empty().withVariable("object", SimpleType.DYN).withConstruction();
    Object value =
        constructing
            .compile(
                "Object{spec: Object.spec{replicas: 3, none: optional.none(),"
                    + " list: [Object.spec.list{a: object.x}]}}")
            .evaluate(Map.of("object", Map.of("x", "y")), new CelBudget(1_000));
    assertThat(CelValues.toTree(value))
        .isEqualTo(Map.of("spec", Map.of("replicas", 3L, "list", List.of(Map.of("a", "y")))));
    assertThatThrownBy(() -> constructing.compile("JSONPatch{nope: 'x'}"))
        .hasMessageContaining("undefined field 'nope'");
    assertThatThrownBy(() -> constructing.compile("Other{a: 1}"))
        .hasMessageContaining("undeclared reference to 'Other'");
  }

  @Test
  void stopsWhatCostsTooMuch() {
    String tens = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    String million =
        "%s.all(a, %s.all(b, %s.all(c, %s.all(d, %s.all(e, %s.all(f, a + b + c + d + e + f >= 0))))))"
            .formatted(tens, tens, tens, tens, tens, tens);
    assertThatThrownBy(() -> evaluate(million))
        .isInstanceOfSatisfying(
            CelFailure.class,
            failure -> assertThat(failure.reason()).isEqualTo(CelFailure.Cause.CALL_COST));
    CelBudget small = new CelBudget(3);
    assertThatThrownBy(() -> evaluate("self.min == 3 && self.min == 3", small))
        .isInstanceOfSatisfying(
            CelFailure.class,
            failure -> assertThat(failure.reason()).isEqualTo(CelFailure.Cause.BUDGET));
    CelBudget budget = new CelBudget(100);
    evaluate("self.min == 3", budget);
    assertThat(budget.left()).isEqualTo(97);
  }
}
