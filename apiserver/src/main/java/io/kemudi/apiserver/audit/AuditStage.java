package io.kemudi.apiserver.audit;

/// When an event is recorded.
public enum AuditStage {
  REQUEST_RECEIVED("RequestReceived"),
  /// The answer has begun; only of requests that run long, such as watches.
  RESPONSE_STARTED("ResponseStarted"),
  RESPONSE_COMPLETE("ResponseComplete"),
  /// A bug ended the request.
  PANIC("Panic");

  private final String text;

  AuditStage(String text) {
    this.text = text;
  }

  /// As policies and events write it.
  public String text() {
    return text;
  }
}
