package io.kemudi.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/// One request and its answer. Exactly one of [#respond], [#respondStreaming] and [#upgrade]
/// answers it; a second one throws IllegalStateException.
public interface HttpExchange {
  String method();

  /// The path as the client wrote it, undecoded, without the query.
  String path();

  /// What stood after `?`, undecoded; "" when there was none.
  String query();

  Headers headers();

  /// `HTTP/1.1` or `HTTP/2.0`.
  String protocol();

  /// Whether the connection is encrypted.
  boolean secure();

  /// The client's certificate first, then what it sent of its chain; empty when it sent none. See
  /// [ClientCertificates] for who has checked it.
  List<X509Certificate> peerCertificates();

  InetSocketAddress remoteAddress();

  /// The request body. Reading blocks until bytes arrive and throws when the client goes away; no
  /// more than a small window is held in memory.
  InputStream body();

  /// The whole body.
  ///
  /// @throws BodyTooLargeException when it has more than `limitBytes`
  byte[] readBody(int limitBytes) throws IOException;

  /// Sends the whole answer. The content length is set here; a HEAD request gets no body.
  void respond(int status, Headers headers, byte[] body) throws IOException;

  /// Begins an answer of unknown length.
  ResponseStream respondStreaming(int status, Headers headers) throws IOException;

  /// Answers 101 with the headers and hands the connection over (HTTP/1.1 only). The stream
  /// outlives the handler's return; its owner closes it.
  ///
  /// @throws IOException when the connection is HTTP/2 or gone
  RawStream upgrade(Headers headers) throws IOException;

  /// Keeps a streamed response open after the handler returns; whoever holds it must close it.
  void detach();

  /// Runs the action once when the exchange is over, however it ends (at once if it is already):
  /// answered in full, client gone, or connection cut. It runs on the connection's event loop and
  /// must not block.
  void onClose(Runnable action);

  /// Runs the action when the server begins to shut down while this exchange is open, so that a
  /// long answer can be ended in order. It runs on a virtual thread.
  void onDrain(Runnable action);

  /// Whether the exchange is over.
  boolean closed();
}
