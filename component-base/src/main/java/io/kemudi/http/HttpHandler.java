package io.kemudi.http;

/// Answers requests. Called on a virtual thread per request, so it may block.
///
/// When it returns, a streamed response that is still open is ended, unless the exchange was
/// detached; when it answered nothing, or threw before answering, the client gets a bare 500; when
/// it threw after the answer began, the connection (HTTP/2: the stream) is cut so that the client
/// sees a broken answer rather than a short one.
@FunctionalInterface
public interface HttpHandler {
  void handle(HttpExchange exchange) throws Exception;
}
