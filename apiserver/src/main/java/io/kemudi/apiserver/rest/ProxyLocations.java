package io.kemudi.apiserver.rest;

import java.net.URI;
import java.net.URISyntaxException;

/// Where things are, seen through a proxy subresource: what is `/login` to a pod's server is
/// `/api/v1/namespaces/n/pods/p/proxy/login` to its client. Upstream's rules. Pure.
final class ProxyLocations {
  private ProxyLocations() {}

  /// The part of a request's path that stands for the proxied server's root: all before `rest`.
  static String prefix(String path, String rest) {
    String suffix = rest.isEmpty() && path.endsWith("/") ? "/" : rest;
    return path.endsWith(suffix) ? path.substring(0, path.length() - suffix.length()) : path;
  }

  /// A `Location` that the proxied server answered, as its client has to follow it. Those on other
  /// hosts and relative ones stay.
  ///
  /// @param host the Host that the proxied server was asked as, `a.b:80`
  /// @param clientHost the Host that the client asked for
  static String rewritten(String location, String prefix, String host, String clientHost) {
    URI uri;
    try {
      uri = new URI(location);
    } catch (URISyntaxException e) {
      return location;
    }
    String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    boolean elsewhere =
        !authority.isEmpty() && !authority.equals(host) && !authority.equals(clientHost);
    if (elsewhere || !path.startsWith("/")) {
      return location;
    }
    StringBuilder seen = new StringBuilder();
    if (!path.startsWith(prefix)) {
      seen.append(prefix);
    }
    seen.append(path);
    if (uri.getRawQuery() != null) {
      seen.append('?').append(uri.getRawQuery());
    }
    if (uri.getRawFragment() != null) {
      seen.append('#').append(uri.getRawFragment());
    }
    return seen.toString();
  }
}
