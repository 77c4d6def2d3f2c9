package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.GRPCAction;
import io.kemudi.kubernetes.core.v1.HTTPGetAction;
import io.kemudi.kubernetes.core.v1.Lifecycle;
import io.kemudi.kubernetes.core.v1.LifecycleHandler;
import io.kemudi.kubernetes.core.v1.Probe;
import io.kemudi.kubernetes.intstr.IntOrString;
import java.util.List;

/// Probes and lifecycle hooks: one handler each, sane counts.
final class ProbeValidation {
  private static final List<String> SCHEMES = List.of("HTTP", "HTTPS");

  private ProbeValidation() {}

  static void validateLiveness(Probe probe, FieldPath path, FieldErrors errors) {
    validate(probe, path, errors);
    onlyOneSuccess(probe, path, errors);
  }

  static void validateStartup(Probe probe, FieldPath path, FieldErrors errors) {
    validate(probe, path, errors);
    onlyOneSuccess(probe, path, errors);
  }

  static void validateReadiness(Probe probe, FieldPath path, FieldErrors errors) {
    validate(probe, path, errors);
    if (probe.hasTerminationGracePeriodSeconds()) {
      errors.invalid(
          path.child("terminationGracePeriodSeconds"),
          probe.getTerminationGracePeriodSeconds(),
          "must not be set for readinessProbes");
    }
  }

  private static void onlyOneSuccess(Probe probe, FieldPath path, FieldErrors errors) {
    if (probe.getSuccessThreshold() != 1) {
      errors.invalid(path.child("successThreshold"), probe.getSuccessThreshold(), "must be 1");
    }
  }

  private static void validate(Probe probe, FieldPath path, FieldErrors errors) {
    Handlers handlers = new Handlers(path, errors);
    var handler = probe.getHandler();
    if (handler.hasExec()) {
      handlers.exec(handler.getExec().getCommandList());
    }
    if (handler.hasHttpGet()) {
      handlers.http(handler.getHttpGet());
    }
    if (handler.hasTcpSocket()) {
      handlers.tcp(handler.getTcpSocket().getPort());
    }
    if (handler.hasGrpc()) {
      handlers.grpc(handler.getGrpc());
    }
    handlers.atLeastOne();
    Checks.nonNegative(probe.getInitialDelaySeconds(), path.child("initialDelaySeconds"), errors);
    Checks.nonNegative(probe.getTimeoutSeconds(), path.child("timeoutSeconds"), errors);
    Checks.nonNegative(probe.getPeriodSeconds(), path.child("periodSeconds"), errors);
    Checks.nonNegative(probe.getSuccessThreshold(), path.child("successThreshold"), errors);
    Checks.nonNegative(probe.getFailureThreshold(), path.child("failureThreshold"), errors);
    if (probe.hasTerminationGracePeriodSeconds() && probe.getTerminationGracePeriodSeconds() <= 0) {
      errors.invalid(
          path.child("terminationGracePeriodSeconds"),
          probe.getTerminationGracePeriodSeconds(),
          "must be greater than 0");
    }
  }

  static void validateLifecycle(
      Container container, long graceSeconds, FieldPath path, FieldErrors errors) {
    Lifecycle lifecycle = container.getLifecycle();
    if (lifecycle.hasPostStart()) {
      validate(lifecycle.getPostStart(), graceSeconds, path.child("postStart"), errors);
    }
    if (lifecycle.hasPreStop()) {
      validate(lifecycle.getPreStop(), graceSeconds, path.child("preStop"), errors);
    }
  }

  private static void validate(
      LifecycleHandler hook, long graceSeconds, FieldPath path, FieldErrors errors) {
    Handlers handlers = new Handlers(path, errors);
    if (hook.hasExec()) {
      handlers.exec(hook.getExec().getCommandList());
    }
    if (hook.hasHttpGet()) {
      handlers.http(hook.getHttpGet());
    }
    if (hook.hasTcpSocket()) {
      handlers.tcp(hook.getTcpSocket().getPort());
    }
    if (hook.hasSleep()) {
      handlers.sleep(hook.getSleep().getSeconds(), graceSeconds);
    }
    handlers.atLeastOne();
  }

  /// Counts handlers: the first is checked, the others are too many.
  private static final class Handlers {
    private final FieldPath path;
    private final FieldErrors errors;
    private int count;

    Handlers(FieldPath path, FieldErrors errors) {
      this.path = path;
      this.errors = errors;
    }

    private boolean isFirst(String field) {
      if (count++ == 0) {
        return true;
      }
      errors.forbidden(path.child(field), "may not specify more than 1 handler type");
      return false;
    }

    void exec(List<String> command) {
      if (isFirst("exec") && command.isEmpty()) {
        errors.required(path.child("exec", "command"));
      }
    }

    void http(HTTPGetAction action) {
      if (!isFirst("httpGet")) {
        return;
      }
      FieldPath place = path.child("httpGet");
      Checks.requiredText(action.getPath(), place.child("path"), errors);
      portNumberOrName(action.getPort(), place.child("port"), errors);
      Checks.oneOf(action.getScheme(), SCHEMES, place.child("scheme"), errors);
      for (var header : action.getHttpHeadersList()) {
        Checks.form(header.getName(), Names::httpHeader, place.child("httpHeaders"), errors);
      }
    }

    void tcp(IntOrString port) {
      if (isFirst("tcpSocket")) {
        portNumberOrName(port, path.child("tcpSocket", "port"), errors);
      }
    }

    void grpc(GRPCAction action) {
      if (isFirst("grpc")) {
        Checks.port(action.getPort(), path.child("grpc", "port"), errors);
      }
    }

    void sleep(long seconds, long graceSeconds) {
      if (isFirst("sleep") && (seconds < 0 || seconds > graceSeconds)) {
        errors.invalid(
            path.child("sleep"),
            seconds,
            "must be non-negative and less than terminationGracePeriodSeconds ("
                + graceSeconds
                + ")");
      }
    }

    void atLeastOne() {
      if (count == 0) {
        errors.required(path, "must specify a handler type");
      }
    }
  }

  static void portNumberOrName(IntOrString port, FieldPath path, FieldErrors errors) {
    if (port.getType() == 0) {
      Checks.port(port.getIntVal(), path, errors);
    } else {
      Checks.form(port.getStrVal(), Names::portName, path, errors);
    }
  }
}
