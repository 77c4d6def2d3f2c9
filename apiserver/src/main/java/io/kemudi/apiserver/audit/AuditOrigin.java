package io.kemudi.apiserver.audit;

import java.util.List;

/// Where a request came from.
///
/// @param id the request's, as the client is told it
/// @param uri path and query as sent
/// @param sourceIps what proxies say of the client, then who is at the other end
public record AuditOrigin(String id, String uri, List<String> sourceIps, String userAgent) {
  public AuditOrigin {
    uri = Redaction.uri(uri);
    sourceIps = List.copyOf(sourceIps);
  }
}
