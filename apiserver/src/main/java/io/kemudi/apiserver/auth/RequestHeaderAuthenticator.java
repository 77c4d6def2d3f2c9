package io.kemudi.apiserver.auth;

import io.kemudi.apiserver.registry.User;
import io.kemudi.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Believes a front proxy what its headers say of the user, when the proxy itself shows a
/// certificate of the proxies' authority (which must not be the users'). Headers of anybody else
/// mean nothing.
public final class RequestHeaderAuthenticator implements Authenticator {
  private final Settings settings;
  private final ClientCertificateAuthenticator proxies;

  /// Names as upstream's flags.
  ///
  /// @param authorities who signs proxies' certificates
  /// @param allowedNames common names of proxies; empty for every one of these authorities
  /// @param userHeaders the first that is there names the user
  /// @param extraPrefixes what stands before the name of an extra field
  public record Settings(
      List<X509Certificate> authorities,
      List<String> allowedNames,
      List<String> userHeaders,
      List<String> uidHeaders,
      List<String> groupHeaders,
      List<String> extraPrefixes) {
    public Settings {
      authorities = List.copyOf(authorities);
      allowedNames = List.copyOf(allowedNames);
      userHeaders = List.copyOf(userHeaders);
      uidHeaders = List.copyOf(uidHeaders);
      groupHeaders = List.copyOf(groupHeaders);
      extraPrefixes = List.copyOf(extraPrefixes);
    }
  }

  public RequestHeaderAuthenticator(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.proxies = new ClientCertificateAuthenticator(settings.authorities, clock);
  }

  @Override
  public @Nullable User authenticate(Credentials credentials) {
    Headers headers = credentials.headers();
    String name = first(headers, settings.userHeaders);
    if (name.isEmpty()) {
      return null;
    }
    User proxy = proxies.authenticate(credentials);
    if (proxy == null
        || !(settings.allowedNames.isEmpty() || settings.allowedNames.contains(proxy.name()))) {
      return null;
    }
    List<String> groups = new ArrayList<>();
    settings.groupHeaders.forEach(header -> groups.addAll(headers.all(header)));
    return new User(name, first(headers, settings.uidHeaders), groups, extra(headers));
  }

  private Map<String, List<String>> extra(Headers headers) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      for (String prefix : settings.extraPrefixes) {
        String start = prefix.toLowerCase(Locale.ROOT);
        if (lower.startsWith(start) && lower.length() > start.length()) {
          extra
              .computeIfAbsent(decoded(lower.substring(start.length())), _ -> new ArrayList<>(1))
              .add(value);
        }
      }
    });
    return extra;
  }

  /// Names of extra fields are escaped, as a header's name cannot hold a slash; what is not well
  /// escaped is meant as it stands.
  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name;
    }
  }

  private static String first(Headers headers, List<String> names) {
    for (String name : names) {
      String value = headers.first(name, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
