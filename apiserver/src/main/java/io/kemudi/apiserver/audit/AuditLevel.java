package io.kemudi.apiserver.audit;

/// How much of a request is recorded, from nothing to both bodies.
public enum AuditLevel {
  NONE("None"),
  METADATA("Metadata"),
  REQUEST("Request"),
  REQUEST_RESPONSE("RequestResponse");

  private final String text;

  AuditLevel(String text) {
    this.text = text;
  }

  /// As policies and events write it.
  public String text() {
    return text;
  }

  boolean atLeast(AuditLevel other) {
    return compareTo(other) >= 0;
  }
}
