package io.kemudi.apimachinery.cel.library;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// `url`, `isURL` and the parts of a URL. A URL has a scheme or is an absolute path, as Go's parser
/// of request URIs wants it.
final class UrlLibrary {
  private static final MapType QUERY =
      MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING));

  private UrlLibrary() {}

  static List<CelFunction> functions() {
    return List.of(
        CelFunction.global(
            "url",
            "string_to_url",
            Opaques.URL,
            List.of(SimpleType.STRING),
            a -> parse((String) a[0])),
        CelFunction.global(
            "isURL",
            "is_url_string",
            SimpleType.BOOL,
            List.of(SimpleType.STRING),
            a -> isUrl((String) a[0])),
        part("getScheme", "url_get_scheme", url -> text(url.getScheme())),
        part("getHost", "url_get_host", UrlLibrary::host),
        part("getHostname", "url_get_hostname", url -> unbracketed(text(url.getHost()))),
        part("getPort", "url_get_port", url -> url.getPort() < 0 ? "" : "" + url.getPort()),
        part("getEscapedPath", "url_get_escaped_path", url -> text(url.getRawPath())),
        CelFunction.method(
            "getQuery", "url_get_query", QUERY, List.of(Opaques.URL), a -> query((URI) a[0])));
  }

  private static CelFunction part(String name, String id, Function<URI, String> part) {
    return CelFunction.method(
        name, id, SimpleType.STRING, List.of(Opaques.URL), a -> part.apply((URI) a[0]));
  }

  static boolean isUrl(String text) {
    try {
      parse(text);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute() || text.startsWith("/")) {
        return uri;
      }
      throw new IllegalArgumentException(
          "URL parse error during conversion from string: parse \""
              + text
              + "\": invalid URI for request");
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "URL parse error during conversion from string: parse \"" + text + "\": " + e.getReason(),
          e);
    }
  }

  private static String host(URI url) {
    String host = text(url.getHost());
    return url.getPort() < 0 ? host : host + ":" + url.getPort();
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String text(@org.jspecify.annotations.Nullable String value) {
    return value == null ? "" : value;
  }

  private static Map<String, List<String>> query(URI url) {
    Map<String, List<String>> query = new TreeMap<>();
    for (String pair : text(url.getRawQuery()).split("&")) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.computeIfAbsent(decoded(key), k -> new ArrayList<>()).add(decoded(value));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
