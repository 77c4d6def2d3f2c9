package io.kemudi.nodeagent.streaming;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Kubernetes' numbered channels between two parties, over whatever carries them. One thread
/// receives, one sends.
interface ChannelLink extends AutoCloseable {
  int STDIN = 0;
  int STDOUT = 1;
  int STDERR = 2;
  int ERROR = 3;
  int RESIZE = 4;
  int CHANNELS = 5;

  /// What the other side sent on a channel; `bytes` null means that it sends no more there.
  record Piece(int channel, byte @Nullable [] bytes) {}

  /// The next piece; null when the other side is gone or done.
  @Nullable Piece receive() throws IOException, InterruptedException;

  void send(int channel, byte[] bytes) throws IOException;

  /// Sends no more on the channel, where the carrier can say so.
  void end(int channel) throws IOException;

  @Override
  void close();
}
