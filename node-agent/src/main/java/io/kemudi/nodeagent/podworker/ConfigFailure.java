package io.kemudi.nodeagent.podworker;

/// A container that cannot be made as it is written, shown as its waiting reason. It is tried
/// again: what it refers to may come to exist.
final class ConfigFailure extends RuntimeException {
  private final String reason;

  ConfigFailure(String reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  static ConfigFailure config(String message) {
    return new ConfigFailure("CreateContainerConfigError", message);
  }

  static ConfigFailure unsupported(String what) {
    return config("this node does not support " + what);
  }

  String reason() {
    return reason;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
