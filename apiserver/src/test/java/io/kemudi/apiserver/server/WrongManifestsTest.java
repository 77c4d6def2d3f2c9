package io.kemudi.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apimachinery.kinds.ResourceInfos;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Holds the answers to a hundred wrong manifests against what they have to name. The scores in
/// `WRONG-MANIFESTS.md` are floors that only rise; `target/wrong-manifests.txt` shows each answer.
@Timeout(60)
class WrongManifestsTest {
  /// What one answer named of what it had to; true where nothing was asked.
  private record Named(boolean path, boolean value, boolean proposal) {
    boolean all() {
      return path && value && proposal;
    }
  }

  @Test
  void answersNameThePathTheValueAndTheNearestName() throws Exception {
    List<WrongManifest> cases = WrongManifest.all();
    assertThat(cases).hasSize(100);
    var report = new StringBuilder();
    var all = new ArrayList<Named>();
    try (var api = new RunningApiServer()) {
      api.post(
          "/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
      for (WrongManifest one : cases) {
        for (String document : one.accepted()) {
          HttpResponse<String> answer = apply(api, document);
          assertThat(answer.statusCode()).as(one.name() + answer.body()).isBetween(200, 201);
        }
        HttpResponse<String> answer = submit(api, one);
        Named named = named(one, answer);
        all.add(named);
        report.append(named.all() ? "  " : "! ").append(one.name()).append(": ");
        report.append(one.expected()).append("\n    ").append(answer.statusCode()).append(' ');
        report.append(answer.body().strip()).append('\n');
      }
    }
    report.append("paths: ").append(all.stream().filter(Named::path).count());
    report.append(", values: ").append(all.stream().filter(Named::value).count());
    report.append(", proposals: ").append(all.stream().filter(Named::proposal).count());
    Files.writeString(Path.of("target", "wrong-manifests.txt"), report);
    Floors floors = floors();
    assertThat(all.stream().filter(Named::path).count())
        .as("answers that name the path")
        .isGreaterThanOrEqualTo(floors.path());
    assertThat(all.stream().filter(Named::value).count())
        .as("answers that name the value")
        .isGreaterThanOrEqualTo(floors.value());
    assertThat(all.stream().filter(Named::proposal).count())
        .as("answers that propose the nearest name")
        .isGreaterThanOrEqualTo(floors.proposal());
  }

  private record Floors(int path, int value, int proposal) {}

  private static Floors floors() throws Exception {
    String page = Files.readString(Path.of("WRONG-MANIFESTS.md"));
    return new Floors(floor(page, "path"), floor(page, "value"), floor(page, "proposal"));
  }

  private static int floor(String page, String what) {
    Matcher row = Pattern.compile("\\| " + what + " \\| (\\d+) of 100 \\|").matcher(page);
    assertThat(row.find()).as("the page's row: %s", what).isTrue();
    return Integer.parseInt(row.group(1));
  }

  /// As kubectl does: created where its kind lives; a document that replaces another is applied.
  private static HttpResponse<String> submit(RunningApiServer api, WrongManifest one)
      throws Exception {
    boolean update =
        !one.accepted().isEmpty() && name(one.wrong()).equals(name(one.accepted().getLast()));
    if (update) {
      return apply(api, one.wrong());
    }
    String type = one.isJson() ? "application/json" : "application/yaml";
    String to = one.expected().get("to");
    to = to == null ? collection(one.wrong()) : to;
    String strict = "?fieldValidation=Strict";
    HttpResponse<String> answer =
        api.send(
            RunningApiServer.ADMIN_TOKEN, "POST", to + strict, one.wrong(), "Content-Type", type);
    if (answer.statusCode() < 400) { // in nobody's way
      api.send(RunningApiServer.ADMIN_TOKEN, "DELETE", to + "/" + name(one.wrong()), null);
    }
    return answer;
  }

  private static HttpResponse<String> apply(RunningApiServer api, String document)
      throws Exception {
    return api.send(
        RunningApiServer.ADMIN_TOKEN,
        "PATCH",
        collection(document) + "/" + name(document) + "?fieldManager=test&fieldValidation=Strict",
        document,
        "Content-Type",
        "application/apply-patch+yaml");
  }

  private static String name(String document) {
    return String.valueOf(Trees.at(Yaml.parse(bytes(document)).value(), "metadata", "name"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String collection(String document) {
    ResourceInfo info = resource(document).orElseThrow(() -> new AssertionError(document));
    return (info.group().isEmpty() ? "/api/" : "/apis/")
        + info.apiVersion()
        + (info.namespaced() ? "/namespaces/default/" : "/")
        + info.resource();
  }

  /// Text that cannot be read is found by its first lines, as a person sees what it is.
  private static Optional<ResourceInfo> resource(String document) {
    String apiVersion = line(document, "apiVersion");
    int slash = apiVersion.indexOf('/');
    return ResourceInfos.ofKind(
        slash < 0 ? "" : apiVersion.substring(0, slash),
        apiVersion.substring(slash + 1),
        line(document, "kind"));
  }

  private static String line(String document, String key) {
    Matcher line = Pattern.compile("(?m)^ *\"?" + key + "\"?: *\"?([\\w./]+)").matcher(document);
    return line.find() ? line.group(1) : "";
  }

  private static Named named(WrongManifest one, HttpResponse<String> answer) {
    Map<String, @Nullable Object> status = Json.parseObject(bytes(answer.body()));
    String message = Trees.string(status, "message");
    if (answer.statusCode() < 400) {
      return new Named(false, false, false);
    }
    String value = one.expected().get("value");
    String nearest = one.expected().get("nearest");
    return new Named(
        namesPlace(one, status, message),
        value == null || message.contains(value),
        nearest == null || message.contains("did you mean \"" + nearest + "\""));
  }

  private static boolean namesPlace(
      WrongManifest one, Map<String, @Nullable Object> status, String message) {
    String at = one.expected().get("at");
    if (at != null) {
      String[] place = at.split(":");
      return Pattern.compile("line " + place[0] + "\\b.*\\bcolumn " + place[1] + "\\b")
          .matcher(message)
          .find();
    }
    String path = plain(one.expected().getOrDefault("path", ""));
    boolean inCauses =
        Trees.at(status, "details", "causes") instanceof List<?> causes
            && causes.stream()
                .anyMatch(cause -> plain(String.valueOf(Trees.at(cause, "field"))).equals(path));
    // as a word of its own: neither the beginning of a longer path nor the end of another
    return inCauses
        || Pattern.compile("(?<![\\w.\\]])" + Pattern.quote(path) + "(?![\\w\\[]|\\.\\w)")
            .matcher(plain(message))
            .find();
  }

  /// `labels[app]` and `labels.app` are one path.
  private static String plain(String path) {
    return path.replaceAll("\\[([^\\]\\d][^\\]]*)\\]", ".$1");
  }
}
