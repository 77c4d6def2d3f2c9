package io.kemudi.simulation.replay;

import io.kemudi.apimachinery.codec.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Makes the request of an exchange: placeholders filled, sent as its user.
final class Requests {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// `as` of the tokens that were not recorded: the default account of the namespace acc.
  private static final String ACCOUNT_TOKEN = "token:<jwt>";

  private static final String ACCOUNT = "/api/v1/namespaces/acc/serviceaccounts/default/token";

  private final Target target;
  private final Expectation expectation;

  Requests(Target target, Expectation expectation) {
    this.target = target;
    this.expectation = expectation;
  }

  HttpRequest of(Exchange exchange) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(exchange.text("path")))
            .timeout(LIMIT)
            .method(exchange.text("method"), HttpRequest.BodyPublishers.ofByteArray(body(exchange)))
            .setHeader("User-Agent", "recorder");
    if (exchange.has("requestHeaders")) {
      exchange.headers("requestHeaders").forEach((name, value) -> add(request, name, value));
    } else if (exchange.has("body")) {
      request.setHeader("Content-Type", "application/json");
    }
    List<String> identity = identity(exchange.text("as"));
    for (int i = 0; i < identity.size(); i += 2) {
      request.header(identity.get(i), identity.get(i + 1));
    }
    return request.build();
  }

  private URI uri(String recorded) throws IOException, InterruptedException {
    // the set-up was not recorded: what nothing has shown yet is the state at the start
    for (String unknown : expectation.unknown(recorded)) {
      if (unknown.startsWith("<rv:")) {
        Map<?, ?> list = target.read("/api/v1/namespaces?limit=1");
        if (list.get("metadata") instanceof Map<?, ?> metadata) {
          expectation.bind(unknown, String.valueOf(metadata.get("resourceVersion")));
        }
      }
    }
    String path = expectation.fill(recorded);
    return target
        .server()
        .resolve(path.replace("<", "%3C").replace(">", "%3E").replace("\"", "%22"));
  }

  private static void add(HttpRequest.Builder request, Object name, Object value) {
    if (value instanceof List<?> several) {
      several.forEach(one -> request.header(name.toString(), one.toString()));
    } else {
      request.setHeader(name.toString(), value.toString());
    }
  }

  private List<String> identity(String as) throws IOException, InterruptedException {
    if (!as.startsWith("token:")) {
      return target.identity(as);
    }
    String token =
        as.equals(ACCOUNT_TOKEN)
            ? accountToken()
            : expectation.fill(as.substring("token:".length()));
    return List.of("Authorization", "Bearer " + token);
  }

  private String accountToken() throws IOException, InterruptedException {
    String known = expectation.value(ACCOUNT_TOKEN);
    if (known != null) {
      return known;
    }
    String asked =
        "{\"kind\":\"TokenRequest\",\"apiVersion\":\"authentication.k8s.io/v1\",\"spec\":{}}";
    byte[] answer = target.send("POST", ACCOUNT, asked).body().getBytes(StandardCharsets.UTF_8);
    if (Json.parseObject(answer).get("status") instanceof Map<?, ?> status
        && status.get("token") instanceof String token) {
      expectation.bind(ACCOUNT_TOKEN, token);
      return token;
    }
    throw new IOException("no token of the default account in acc");
  }

  private byte[] body(Exchange exchange) {
    if (exchange.get("body") instanceof Object tree) {
      return Json.write(expectation.fill(tree));
    }
    if (exchange.get("bodyText") instanceof String text) {
      return Objects.requireNonNull(expectation.fill(text)).getBytes(StandardCharsets.UTF_8);
    }
    if (exchange.get("bodyBase64") instanceof String text) {
      return Base64.getDecoder().decode(text);
    }
    return exchange.has("bodyGenerated")
        ? GeneratedBodies.of(exchange.text("bodyGenerated")).orElseThrow()
        : new byte[0];
  }
}
