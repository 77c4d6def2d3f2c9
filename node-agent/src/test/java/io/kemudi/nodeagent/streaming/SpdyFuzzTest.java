package io.kemudi.nodeagent.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.fuzz.Fuzz;
import io.kemudi.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a stranger may send after `Upgrade: SPDY/3.1`.
@Timeout(60)
class SpdyFuzzTest {
  private static final StreamOptions EXEC = new StreamOptions(false, true, false, false);

  /// However the session ends, each stream that was opened is told its end, once.
  @Test
  void frames() throws Exception {
    new Fuzz(SpdyFuzzTest.class, "spdy")
        .memory(8 << 20, 64 << 10) // each frame of eight bytes makes objects
        .run(
            List.of(session("stdout"), session("error", "stdin", "stdout")),
            4000,
            input -> {
              var opened = new AtomicInteger();
              var ended = new AtomicInteger();
              SpdySession.server(
                      new GivenBytes(input),
                      (_, _) -> {
                        opened.incrementAndGet();
                        return receiver(ended);
                      })
                  .run();
              assertThat(ended).hasValue(opened.get());
            });
  }

  @Test
  void aStreamIsNotOpenedTwiceUnderOneNumber() throws Exception {
    byte[] input = session("error", "stdout");
    int second = input.length - 1;
    while (input[second] != (byte) 0x80 || input[second + 1] != 3 || input[second + 3] != 1) {
      second--; // to the last SYN_STREAM
    }
    assertThat(input[second + 11]).isEqualTo((byte) 3);
    input[second + 11] = 1;
    var opened = new AtomicInteger();
    SpdySession.server(
            new GivenBytes(input),
            (_, _) -> {
              opened.incrementAndGet();
              return receiver(new AtomicInteger());
            })
        .run();
    assertThat(opened).hasValue(1);
  }

  @Test
  void aBrokenFrameEndsTheLink() throws Exception {
    // A PING (type 6) without the number that it must have.
    var connection = new GivenBytes(new byte[] {(byte) 0x80, 3, 0, 6, 0, 0, 0, 0});
    try (SpdyLink link = SpdyLink.open(connection, EXEC)) {
      ChannelLink.Piece piece = link.receive();
      while (piece != null) {
        assertThat(piece.bytes()).isNull(); // the ends of the streams
        piece = link.receive();
      }
    }
  }

  /// What a client sends that opens these streams, writes to each and ends all.
  private static byte[] session(String... types) throws IOException {
    var sent = new ByteArrayOutputStream();
    var client = SpdySession.client(new GivenBytes(new byte[0], sent));
    var streams = new ArrayList<SpdySession.Stream>();
    for (String type : types) {
      var headers = Headers.of("streamType", type);
      SpdySession.Stream stream = client.open(headers, receiver(new AtomicInteger()));
      stream.send(new byte[] {1, 2, 3}, 0, 3);
      streams.add(stream);
    }
    for (SpdySession.Stream stream : streams) {
      stream.end();
    }
    return sent.toByteArray();
  }

  private static SpdySession.Receiver receiver(AtomicInteger ended) {
    return new SpdySession.Receiver() {
      @Override
      public void data(byte[] bytes) {}

      @Override
      public void end() {
        ended.incrementAndGet();
      }
    };
  }
}
