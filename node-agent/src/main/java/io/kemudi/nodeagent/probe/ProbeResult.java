package io.kemudi.nodeagent.probe;

/// What one question to a container gave.
///
/// @param output what to tell the user when it failed
public record ProbeResult(Verdict verdict, String output) {
  public static final ProbeResult SUCCESS = new ProbeResult(Verdict.SUCCESS, "");

  public enum Verdict {
    SUCCESS,
    FAILURE,
    /// The question could not be put (the runtime was busy or away): counts neither way.
    UNKNOWN
  }

  public static ProbeResult failure(String output) {
    return new ProbeResult(Verdict.FAILURE, output);
  }

  public static ProbeResult unknown(String output) {
    return new ProbeResult(Verdict.UNKNOWN, output);
  }
}
