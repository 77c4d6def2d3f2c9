package io.kemudi.apiserver.registry;

import io.kemudi.apiserver.storage.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request on its way through the server: who asks, what it was warned of, who listens for the
/// audit. Made by a front (REST, gRPC), used by one thread at a time.
///
/// The front has authorized the request before it calls the [Registry]; the `authorizer` is here
/// for the checks that only show inside (such as `escalate` in RBAC).
public final class RequestContext {
  /// Warnings beyond this many are dropped: they are headers.
  private static final int MAX_WARNINGS = 100;

  private final User user;
  private final String userAgent;
  private final Authorizer authorizer;
  private final AuditHook audit;
  private final List<String> warnings = new ArrayList<>();
  private @Nullable Transaction transaction;

  public RequestContext(User user, String userAgent, Authorizer authorizer, AuditHook audit) {
    this.user = user;
    this.userAgent = userAgent;
    this.authorizer = authorizer;
    this.audit = audit;
  }

  /// The server's own requests.
  public static RequestContext loopback() {
    return new RequestContext(User.loopback(), "kemudi", Authorizer.ALLOW_ALL, AuditHook.NONE);
  }

  public User user() {
    return user;
  }

  /// As the client sent it; what stands before its first slash is the default field manager.
  public String userAgent() {
    return userAgent;
  }

  /// In whose name fields are written: what the options say, or else the client's program.
  public String manager(WriteOptions options) {
    if (!options.fieldManager().isEmpty()) {
      return options.fieldManager();
    }
    int slash = userAgent.indexOf('/');
    String program = slash < 0 ? userAgent : userAgent.substring(0, slash);
    return program.isEmpty() ? "unknown" : program;
  }

  public Authorizer authorizer() {
    return authorizer;
  }

  public AuditHook audit() {
    return audit;
  }

  /// What this request's writes are gathered in instead of being done one by one; null for none.
  @Nullable Transaction transaction() {
    return transaction;
  }

  /// What the request's transaction has planned for a key beside its objects; null for nothing.
  public byte @Nullable [] planned(String key) {
    return transaction == null ? null : transaction.planned(key);
  }

  void gatherIn(@Nullable Transaction transaction) {
    this.transaction = transaction;
  }

  /// Adds a warning for the client (`Warning: 299 - "..."` over REST), once. The writes of one
  /// request may run side by side (bootstrap, batches).
  public synchronized void warn(String text) {
    if (warnings.size() < MAX_WARNINGS && !warnings.contains(text)) {
      warnings.add(text);
    }
  }

  /// What the client is to be warned of, in order. Complete when the call has returned or thrown.
  public synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }
}
