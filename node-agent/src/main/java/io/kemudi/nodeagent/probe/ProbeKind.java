package io.kemudi.nodeagent.probe;

/// The three questions, each with what holds before it has been answered.
public enum ProbeKind {
  STARTUP("Startup", false),
  READINESS("Readiness", false),
  LIVENESS("Liveness", true);

  private final String text;
  private final boolean initially;

  ProbeKind(String text, boolean initially) {
    this.text = text;
    this.initially = initially;
  }

  public String text() {
    return text;
  }

  boolean initially() {
    return initially;
  }
}
