package io.kemudi.client.rest;

import java.net.URI;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where an API server is and who we are there: a client certificate inside `tls` (null: the JVM's
/// default trust, no certificate), or a bearer token, asked for at each request ("": none).
public record RestEndpoint(URI server, @Nullable SSLContext tls, Supplier<String> bearerToken) {
  public static RestEndpoint of(URI server) {
    return new RestEndpoint(server, null, () -> "");
  }
}
