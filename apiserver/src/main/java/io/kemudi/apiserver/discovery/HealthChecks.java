package io.kemudi.apiserver.discovery;

import io.kemudi.apiserver.rest.ApiRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// `/healthz`, `/livez` and `/readyz`: each a list of named checks, with `?verbose`,
/// `?exclude=NAME` and a path per check.
public final class HealthChecks {
  /// One named check; it must not block.
  public record Check(String name, BooleanSupplier ok) {}

  private static final List<String> ROOTS = List.of("/healthz", "/livez", "/readyz");

  private final List<Check> live;
  private final List<Check> ready;

  public HealthChecks(List<Check> live, List<Check> ready) {
    this.live = List.copyOf(live);
    this.ready = List.copyOf(ready);
  }

  /// The paths that it answers.
  public List<String> paths() {
    List<String> paths = new ArrayList<>();
    for (String root : ROOTS) {
      paths.add(root);
      of(root).forEach(check -> paths.add(root + "/" + check.name));
    }
    return paths;
  }

  private List<Check> of(String root) {
    return root.equals("/readyz") ? ready : live;
  }

  /// Whether the path is a health path and was answered.
  public boolean handle(ApiRequest request) throws IOException {
    String path = request.info().path();
    for (String root : ROOTS) {
      List<Check> checks = of(root);
      if (path.equals(root) || path.equals(root + "/")) {
        all(request, root.substring(1), checks);
        return true;
      }
      if (path.startsWith(root + "/")) {
        return one(request, path.substring(root.length() + 1), checks);
      }
    }
    return false;
  }

  private static void all(ApiRequest request, String name, List<Check> checks) throws IOException {
    List<String> excluded = request.query().all("exclude");
    List<String> unmatched = new ArrayList<>(excluded);
    checks.forEach(check -> unmatched.remove(check.name));
    StringBuilder told = new StringBuilder();
    boolean healthy = true;
    for (Check check : checks) {
      if (excluded.contains(check.name)) {
        told.append("[+]").append(check.name).append(" excluded: ok\n");
      } else if (check.ok.getAsBoolean()) {
        told.append("[+]").append(check.name).append(" ok\n");
      } else {
        healthy = false;
        told.append("[-]").append(check.name).append(" failed: reason withheld\n");
      }
    }
    if (!unmatched.isEmpty()) {
      told.append("warn: some health checks cannot be excluded: no matches for ")
          .append(unmatched.stream().map(each -> '"' + each + '"').collect(Collectors.joining(",")))
          .append('\n');
    }
    if (!healthy) {
      request.text(500, told + name + " check failed\n");
    } else {
      request.text(200, request.query().has("verbose") ? told + name + " check passed\n" : "ok");
    }
  }

  private static boolean one(ApiRequest request, String name, List<Check> checks)
      throws IOException {
    for (Check check : checks) {
      if (check.name.equals(name)) {
        boolean ok = check.ok.getAsBoolean();
        request.text(ok ? 200 : 500, ok ? "ok" : "internal server error: " + name + " failed\n");
        return true;
      }
    }
    return false;
  }
}
