package io.kemudi.scheduler.framework;

/// One policy. It implements the interfaces of the moments that it cares about, and is called on
/// the scheduling thread unless the moment says otherwise.
public interface Plugin {
  /// As upstream calls it, such as `NodeAffinity`.
  String name();
}
