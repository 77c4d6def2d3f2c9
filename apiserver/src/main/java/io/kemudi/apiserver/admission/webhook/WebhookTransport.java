package io.kemudi.apiserver.admission.webhook;

import java.net.InetSocketAddress;

/// Brings a review to a webhook and back: one request, one answer. Blocks until it is there or the
/// thread is interrupted; the caller limits the time. Any thread.
@FunctionalInterface
interface WebhookTransport {
  /// Where to: `address` is dialled, `host` is what the certificate has to be for (and the Host
  /// header with the port), `target` is path and query.
  record Destination(InetSocketAddress address, String host, String target, byte[] authorities) {}

  /// The body of the answer.
  ///
  /// @throws java.io.IOException with a sentence that says what is wrong
  byte[] post(Destination to, byte[] body) throws java.io.IOException;
}
