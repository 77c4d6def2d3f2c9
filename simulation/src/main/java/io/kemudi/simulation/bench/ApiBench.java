package io.kemudi.simulation.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What the REST API costs: creates, reads, patches, lists, deletes and watch fan-out, on pods of
/// about 1.6 KB of JSON. Works on any Kubernetes API server; leaves nothing behind.
public final class ApiBench {
  private static final String NAMESPACE = "kemudi-bench";
  private static final String PODS = "/api/v1/namespaces/" + NAMESPACE + "/pods";
  private static final byte[] NOTHING = new byte[0];
  private static final String JSON = "application/json";

  /// Sizes of the run.
  public record Options(int connections, int operations, int watchers, int updates) {
    public static final Options DEFAULT = new Options(16, 10_000, 200, 100);

    public static final Options QUICK = new Options(8, 500, 20, 20);

    public Options operations(int count) {
      return new Options(connections, count, watchers, updates);
    }
  }

  private final ApiEndpoint endpoint;
  private final Options options;
  private final double rawPerSecond;
  private final Consumer<String> progress;

  /// `rawPerSecond` are the transactions that the bare store does here, 0 when that is not known.
  public ApiBench(
      ApiEndpoint endpoint, Options options, double rawPerSecond, Consumer<String> progress) {
    this.endpoint = endpoint;
    this.options = options;
    this.rawPerSecond = rawPerSecond;
    this.progress = progress;
  }

  public List<Row> run() throws IOException, InterruptedException {
    var rows = new ArrayList<Row>();
    try (var control = new LoadConnection(endpoint)) {
      prepare(control);
      try {
        var load = new Load(endpoint, options.connections());
        int n = options.operations();
        progress.accept("warming up");
        load.run("warm-up", Math.min(n, 2_000), 0, (c, i) -> create(c, "warm-" + i));
        progress.accept("creating " + n + " pods");
        rows.add(load.run("pod create", n, rawPerSecond, (c, i) -> create(c, "pod-" + i)));
        rows.add(load.run("pod get, consistent", n, 0, (c, i) -> get(c, "pod-" + i, "")));
        rows.add(
            load.run(
                "pod get, any revision", n, 0, (c, i) -> get(c, "pod-" + i, "?resourceVersion=0")));
        progress.accept("patching");
        rows.add(
            load.run("pod merge patch", n / 2, rawPerSecond, (c, i) -> patch(c, "pod-" + i, i)));
        rows.add(
            load.run(
                "pod apply, server-side", n / 2, rawPerSecond, (c, i) -> apply(c, "pod-" + i, i)));
        progress.accept("listing");
        var one = new Load(endpoint, 1);
        rows.add(one.run("list all, JSON", 10, 0, (c, _) -> list(c, JSON)));
        rows.add(
            one.run(
                "list all, protobuf",
                10,
                0,
                (c, _) -> list(c, "application/vnd.kubernetes.protobuf")));
        progress.accept("watching over " + options.watchers() + " connections");
        rows.add(fanOut(control));
        progress.accept("deleting");
        rows.add(load.run("pod delete", n, rawPerSecond, (c, i) -> delete(c, "pod-" + i)));
      } finally {
        control.call("DELETE", PODS + "?gracePeriodSeconds=0", "", NOTHING, false);
        control.call("DELETE", "/api/v1/namespaces/" + NAMESPACE, "", NOTHING, false);
      }
    }
    return rows;
  }

  private void prepare(LoadConnection control) throws IOException, InterruptedException {
    control.call(
        "POST",
        "/api/v1/namespaces",
        JSON,
        utf8("{\"metadata\":{\"name\":\"" + NAMESPACE + "\"}}"),
        false);
    control.call(
        "POST",
        "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts",
        JSON,
        utf8("{\"metadata\":{\"name\":\"default\"}}"),
        false);
    LoadConnection.Response first = control.call("POST", PODS, JSON, utf8(pod("probe")), true);
    if (first.status() != 201 && first.body() != null) {
      throw new IOException(
          "the server does not take the benchmark's pods: "
              + new String(first.body(), StandardCharsets.UTF_8));
    }
  }

  private static boolean create(LoadConnection c, String name) throws IOException {
    return c.call("POST", PODS, JSON, utf8(pod(name)), false).status() == 201;
  }

  private static boolean get(LoadConnection c, String name, String query) throws IOException {
    return c.call("GET", PODS + "/" + name + query, "", NOTHING, false).status() == 200;
  }

  private static boolean patch(LoadConnection c, String name, int i) throws IOException {
    byte[] body = utf8("{\"metadata\":{\"annotations\":{\"round\":\"" + i + "\"}}}");
    return c.call("PATCH", PODS + "/" + name, "application/merge-patch+json", body, false).status()
        == 200;
  }

  private static boolean apply(LoadConnection c, String name, int i) throws IOException {
    byte[] body =
        utf8(
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\""
                + name
                + "\",\"labels\":{\"round\":\"r"
                + i
                + "\"}}}");
    return c.call(
                "PATCH",
                PODS + "/" + name + "?fieldManager=bench&force=true",
                "application/apply-patch+yaml",
                body,
                false)
            .status()
        == 200;
  }

  private static boolean list(LoadConnection c, String accept) throws IOException {
    c.send("GET", PODS + "?resourceVersion=0", accept, "", NOTHING);
    return c.read(false).status() == 200;
  }

  private static boolean delete(LoadConnection c, String name) throws IOException {
    return c.call("DELETE", PODS + "/" + name + "?gracePeriodSeconds=0", "", NOTHING, false)
            .status()
        == 200;
  }

  /// All watchers watch all pods; one pod is updated again and again. An operation is one event
  /// delivered to one watcher.
  private Row fanOut(LoadConnection control) throws IOException, InterruptedException {
    int expected = options.watchers() * options.updates();
    var delivered = new AtomicLong();
    var done = new CountDownLatch(expected);
    var open = new ArrayList<LoadConnection>();
    try {
      for (int i = 0; i < options.watchers(); i++) {
        var watcher = new LoadConnection(endpoint);
        open.add(watcher);
        watcher.send(
            "GET",
            PODS
                + "?watch=1&fieldSelector=metadata.name%3Dprobe&resourceVersion=0&timeoutSeconds=300",
            JSON,
            "",
            NOTHING);
        if (watcher.openStream() != 200) {
          throw new IOException("a watch was refused");
        }
        watcher.nextChunk(); // the pod as it is
        Thread.ofPlatform().daemon().start(() -> count(watcher, delivered, done));
      }
      var before = ProcessCpu.usedMs(endpoint.processes());
      long beganNs = System.nanoTime();
      long[] tookNs = new long[options.updates()];
      for (int i = 0; i < options.updates(); i++) {
        long sentNs = System.nanoTime();
        patch(control, "probe", i);
        tookNs[i] = System.nanoTime() - sentNs;
      }
      boolean complete = done.await(60, TimeUnit.SECONDS);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      var cpu = new java.util.LinkedHashMap<String, Double>();
      ProcessCpu.usedMs(endpoint.processes())
          .forEach((p, ms) -> cpu.put(p, (ms - before.getOrDefault(p, ms)) / expected));
      java.util.Arrays.sort(tookNs);
      return new Row(
          "watch event x " + options.watchers() + " connections",
          expected,
          delivered.get() / seconds,
          tookNs[tookNs.length / 2] / 1e6,
          tookNs[(int) (tookNs.length * 0.99)] / 1e6,
          0,
          cpu,
          complete ? 0 : expected - delivered.get());
    } finally {
      for (LoadConnection connection : open) {
        connection.close();
      }
    }
  }

  private static void count(LoadConnection watcher, AtomicLong delivered, CountDownLatch done) {
    try {
      while (true) {
        byte[] chunk = watcher.nextChunk();
        if (chunk.length == 0) {
          return;
        }
        for (byte b : chunk) {
          if (b == '\n') {
            delivered.incrementAndGet();
            done.countDown();
          }
        }
      }
    } catch (IOException closed) {
      // the run is over
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// About 1.6 KB once the server has defaulted it.
  private static String pod(String name) {
    return """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"bench","tier":"web",\
    "version":"v1"},"annotations":{"example.com/team":"platform","example.com/purpose":"benchmark"}},\
    "spec":{"automountServiceAccountToken":false,"containers":[{"name":"web",\
    "image":"registry.example.com/team/web:1.2.3","command":["/bin/web","--port=8080"],\
    "env":[{"name":"MODE","value":"production"},{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],\
    "ports":[{"name":"http","containerPort":8080}],\
    "resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"memory":"64Mi"}},\
    "readinessProbe":{"httpGet":{"path":"/healthz","port":"http"},"periodSeconds":5}}],\
    "nodeSelector":{"example.com/none":"none"},"schedulerName":"nobody"}}\
    """
        .formatted(name);
  }
}
