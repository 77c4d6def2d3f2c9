package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Makes what was there before the recording began: the resource `set-up.jsonl`, an object a line:
/// `path` where it is posted, `body`, and `for`, the scenarios that need it (absent: all).
final class SetUp {
  private record Step(String path, String name, String body, Pattern scenarios, boolean always) {}

  private final Target target;
  private final List<Step> steps;
  private final Made made;

  SetUp(Target target) throws IOException {
    this.target = target;
    steps = read();
    made = new Made(target);
  }

  /// Makes what all scenarios need.
  void begin() throws IOException, InterruptedException {
    for (Step step : steps) {
      if (step.always) {
        make(step);
      }
    }
  }

  /// Makes what only this scenario needs, unless it is there or the scenario makes it itself.
  void before(Scenario scenario) throws IOException, InterruptedException {
    for (Step step : steps) {
      if (!step.always
          && step.scenarios.matcher(scenario.name()).matches()
          && !makes(scenario, step)) {
        make(step);
      }
    }
  }

  /// Removes it all from a server that stays.
  void undo() throws IOException, InterruptedException {
    if (target.foreign()) {
      made.remove();
    }
  }

  private void make(Step step) throws IOException, InterruptedException {
    HttpResponse<String> answer = target.send("POST", step.path, step.body);
    if (answer.statusCode() == 201) {
      made.add(step.path + "/" + step.name);
    } else if (answer.statusCode() != 409) {
      throw new IOException(
          "the server refuses " + step.path + "/" + step.name + " of the set-up: " + answer.body());
    }
  }

  private static boolean makes(Scenario scenario, Step step) {
    return scenario.exchanges().stream()
        .anyMatch(exchange ->
            exchange.textOrEmpty("path").equals(step.path)
                && exchange.textOrEmpty("method").equals("POST")
                && exchange.status() == 201
                && step.name.equals(name(exchange.get("body"))));
  }

  private static String name(@Nullable Object body) {
    return body instanceof Map<?, ?> object && object.get("metadata") instanceof Map<?, ?> metadata
        ? String.valueOf(metadata.get("name"))
        : "";
  }

  private static List<Step> read() throws IOException {
    var steps = new ArrayList<Step>();
    for (String line : ReviewedFile.lines("set-up.jsonl")) {
      try {
        Map<String, ?> step = Json.parseObject(line.getBytes(StandardCharsets.UTF_8));
        Object body = step.get("body");
        steps.add(
            new Step(
                String.valueOf(step.get("path")),
                name(body),
                new String(Json.write(body), StandardCharsets.UTF_8),
                Pattern.compile(String.valueOf(step.get("for"))),
                !step.containsKey("for")));
      } catch (CodecException e) {
        throw new IOException("set-up.jsonl: " + e.getMessage() + ": " + line, e);
      }
    }
    return steps;
  }
}
