package io.kemudi.nodeagent.streaming;

import io.kemudi.apimachinery.codec.JsonOutput;
import io.kemudi.apimachinery.codec.JsonTranscoder;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.client.informer.Lister;
import io.kemudi.http.ClientCertificates;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.HttpServer;
import io.kemudi.http.HttpServerConfig;
import io.kemudi.http.ResponseStream;
import io.kemudi.http.TlsMaterial;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.nodeagent.podworker.NodeFacts;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/// The kubelet's HTTPS API: what API servers ask of a node. Callers show a certificate of the
/// cluster's authority that names the API server; whatever a person may do here has been decided
/// there.
public final class KubeletServer implements AutoCloseable {
  private static final String API_SERVER = "kube-apiserver-kubelet-client";
  private static final String MASTERS = "system:masters";

  private final HttpServer server;
  private final Runtime runtime;
  private final Lister<Pod> pods;
  private final Timers timers;
  private final PodContainersLookup lookup;
  private final StreamSessions sessions;
  private final NodeFigures figures;

  public KubeletServer(
      InetSocketAddress bind,
      @Nullable TlsMaterial serving,
      List<X509Certificate> clientAuthorities,
      NodeFacts node,
      Runtime runtime,
      Lister<Pod> pods,
      RuntimeStreams streams,
      Timers timers)
      throws IOException {
    this.runtime = runtime;
    this.pods = pods;
    this.timers = timers;
    lookup = new PodContainersLookup(node.name(), runtime, pods);
    sessions = new StreamSessions(runtime, lookup, streams);
    figures = new NodeFigures(node.name(), runtime);
    server =
        new HttpServer(
            HttpServerConfig.tls(
                "kubelet",
                bind,
                Objects.requireNonNull(serving, "the kubelet API needs a certificate"),
                ClientCertificates.REQUIRED,
                clientAuthorities),
            this::handle);
  }

  public void start() throws IOException {
    server.start();
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  private void handle(HttpExchange exchange) throws Exception {
    try {
      if (!mayCall(exchange.peerCertificates())) {
        throw new Refusal(403, "Forbidden: only API servers may call this node");
      }
      route(exchange, pathParts(exchange.path()));
    } catch (Refusal e) {
      text(exchange, e.status(), e.text());
    } catch (IllegalArgumentException e) {
      text(exchange, 400, String.valueOf(e.getMessage()));
    } catch (RuntimeFailure e) {
      text(
          exchange,
          e.is(RuntimeFailure.Kind.UNIMPLEMENTED) ? 501 : 500,
          String.valueOf(e.getMessage()));
    }
  }

  /// Any other holder of a certificate (a user, another node) has to go through the API server.
  private static boolean mayCall(List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      return false;
    }
    try {
      String subject = chain.getFirst().getSubjectX500Principal().getName();
      for (Rdn rdn : new LdapName(subject).getRdns()) {
        String value = String.valueOf(rdn.getValue());
        if (rdn.getType().equalsIgnoreCase("CN") && value.equals(API_SERVER)
            || rdn.getType().equalsIgnoreCase("O") && value.equals(MASTERS)) {
          return true;
        }
      }
      return false;
    } catch (InvalidNameException e) {
      return false;
    }
  }

  private static List<String> pathParts(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> Query.decode(part.replace("+", "%2B")))
        .toList();
  }

  private void route(HttpExchange exchange, List<String> path) throws Exception {
    var query = new Query(exchange.query());
    String first = path.isEmpty() ? "" : path.getFirst();
    switch (first) {
      case "healthz" -> text(exchange, 200, "ok");
      case "pods" -> json(exchange, podList());
      case "metrics" -> respond(exchange, 200, "text/plain; version=0.0.4", figures.metrics());
      case "stats" -> json(exchange, figures.summary());
      case "containerLogs" -> logs(exchange, path, query);
      case "exec", "attach", "portForward" -> sessions.handle(exchange, path, query);
      default -> throw new Refusal(404, "404 page not found");
    }
  }

  private void logs(HttpExchange exchange, List<String> path, Query query) throws Exception {
    if (path.size() != 4) {
      throw new Refusal(404, "want /containerLogs/NAMESPACE/POD/CONTAINER");
    }
    LogOptions options = LogOptions.of(query, timers.instant());
    var found = lookup.forLogs(path.get(1), path.get(2), path.get(3), options.previous());
    var gone = new AtomicBoolean();
    exchange.onClose(() -> gone.set(true));
    exchange.onDrain(() -> gone.set(true));
    try (ResponseStream out =
        exchange.respondStreaming(200, Headers.of("Content-Type", "text/plain"))) {
      out.flush(); // the client learns at once that its request was taken
      new LogReader(
              Path.of(found.status().getLogPath()),
              options,
              out,
              () -> !gone.get() && lookup.isRunning(found.status().getId()),
              timers)
          .copy();
    }
  }

  private byte[] podList() {
    var out = new JsonOutput();
    out.ascii("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[");
    var transcoder = new JsonTranscoder(out);
    boolean first = true;
    for (Pod pod : pods.list()) {
      if (!first) {
        out.ascii(",");
      }
      first = false;
      transcoder.object(Schema.message("core.v1.Pod"), "v1", "Pod", pod.toByteArray());
    }
    out.ascii("]}");
    return out.toByteArray();
  }

  private static void json(HttpExchange exchange, byte[] body) throws IOException {
    exchange.respond(200, Headers.of("Content-Type", "application/json"), body);
  }

  private static void respond(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    exchange.respond(
        status, Headers.of("Content-Type", type), body.getBytes(StandardCharsets.UTF_8));
  }

  private static void text(HttpExchange exchange, int status, String body) throws IOException {
    respond(exchange, status, "text/plain; charset=utf-8", body);
  }
}
