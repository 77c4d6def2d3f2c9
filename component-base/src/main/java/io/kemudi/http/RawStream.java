package io.kemudi.http;

import java.io.InputStream;
import java.io.OutputStream;

/// A connection after `101 Switching Protocols`: bytes in, bytes out. One thread reads, one writes;
/// both block, reads until bytes arrive (-1 when the peer has closed), writes while the peer does
/// not read. Written bytes leave on `flush`.
public interface RawStream extends AutoCloseable {
  InputStream input();

  OutputStream output();

  /// Runs the action once when the connection is closed by either side; must not block.
  void onClose(Runnable action);

  boolean closed();

  /// Closes the connection; what was flushed is still sent. Never throws.
  @Override
  void close();
}
