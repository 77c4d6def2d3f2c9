package io.kemudi.apimachinery.errors;

import java.util.List;

/// What a refusal is about. `kind` holds the resource's plural name where upstream does so; a
/// `retryAfterSeconds` of 0 means that there is no advice. Empty strings are absent.
public record StatusDetails(
    String name,
    String group,
    String kind,
    String uid,
    List<StatusCause> causes,
    int retryAfterSeconds) {
  public StatusDetails {
    causes = List.copyOf(causes);
  }

  public static StatusDetails of(String group, String kind, String name) {
    return new StatusDetails(name, group, kind, "", List.of(), 0);
  }

  public StatusDetails withCauses(List<StatusCause> causes) {
    return new StatusDetails(name, group, kind, uid, causes, retryAfterSeconds);
  }

  public StatusDetails withRetryAfterSeconds(int seconds) {
    return new StatusDetails(name, group, kind, uid, causes, seconds);
  }
}
