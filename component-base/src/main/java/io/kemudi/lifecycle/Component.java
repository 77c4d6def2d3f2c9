package io.kemudi.lifecycle;

/// A part of the system with a life: started once, closed once, in the reverse order of starting.
///
/// [#start] returns when the part does its work or throws; it does not wait for peers that may come
/// later. [#close] stops taking work, lets running work finish within a bound of its own, and
/// returns; it is idempotent and never throws.
public interface Component extends AutoCloseable {
  /// The short name in logs and on the status screen, such as `scheduler`.
  String name();

  void start() throws Exception;

  /// Whether the part is doing its work right now (upstream's `/readyz`).
  boolean ready();

  @Override
  void close();
}
