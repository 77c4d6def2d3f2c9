package io.kemudi.apiserver.audit;

import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import java.time.InstantSource;
import java.util.List;

/// Begins the records of requests. The same one serves every front. Any thread.
public final class Auditor implements AutoCloseable {
  /// Records nothing.
  public static final Auditor NONE =
      new Auditor(AuditPolicy.none(), List.of(), InstantSource.system());

  private final AuditPolicy policy;
  private final List<AuditSink> sinks;
  private final InstantSource clock;

  /// The sinks are closed with this.
  public Auditor(AuditPolicy policy, List<AuditSink> sinks, InstantSource clock) {
    this.policy = policy;
    this.sinks = List.copyOf(sinks);
    this.clock = clock;
  }

  /// Decides what is recorded of a request, and notes that it was received.
  public AuditRecord begin(AuditOrigin origin, User user, Attributes asked) {
    AuditRecord record = new AuditRecord(this, origin, user, asked, policy.decide(user, asked));
    record.received();
    return record;
  }

  java.time.Instant now() {
    return clock.instant();
  }

  void record(byte[] event) {
    sinks.forEach(sink -> sink.record(event));
  }

  @Override
  public void close() {
    sinks.forEach(AuditSink::close);
  }
}
