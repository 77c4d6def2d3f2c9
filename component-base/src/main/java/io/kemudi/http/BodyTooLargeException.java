package io.kemudi.http;

import java.io.IOException;

/// A body has more bytes than the reader allows.
public final class BodyTooLargeException extends IOException {
  private final long limitBytes;

  public BodyTooLargeException(long limitBytes) {
    super("the body is larger than " + limitBytes + " bytes");
    this.limitBytes = limitBytes;
  }

  public long limitBytes() {
    return limitBytes;
  }
}
