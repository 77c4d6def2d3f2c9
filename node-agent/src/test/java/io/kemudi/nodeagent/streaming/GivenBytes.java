package io.kemudi.nodeagent.streaming;

import io.kemudi.http.RawStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection whose peer has sent all it will.
record GivenBytes(InputStream input, OutputStream output) implements RawStream {
  GivenBytes(byte[] input) {
    this(input, OutputStream.nullOutputStream());
  }

  GivenBytes(byte[] input, OutputStream output) {
    this(new ByteArrayInputStream(input), output);
  }

  @Override
  public void onClose(Runnable action) {}

  @Override
  public boolean closed() {
    return false;
  }

  @Override
  public void close() {}
}
