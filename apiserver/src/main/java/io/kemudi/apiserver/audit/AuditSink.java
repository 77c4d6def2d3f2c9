package io.kemudi.apiserver.audit;

/// Takes finished events. Any thread; never blocks for long and never throws: what it cannot keep
/// it drops, and says so in the server's log.
public interface AuditSink extends AutoCloseable {
  /// @param event one event as JSON, without a line's end
  void record(byte[] event);

  @Override
  void close();
}
