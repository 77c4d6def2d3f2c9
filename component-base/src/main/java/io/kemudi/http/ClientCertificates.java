package io.kemudi.http;

/// What a TLS server does about the client's certificate.
public enum ClientCertificates {
  /// Asks for none.
  NONE,
  /// Asks for one and passes on whatever came, **unchecked**: only possession of its key is proven.
  /// The handler must verify the chain, and can so answer 401 in words.
  REQUESTED,
  /// Refuses the handshake unless a certificate signed by one of the trusted authorities is shown.
  REQUIRED
}
