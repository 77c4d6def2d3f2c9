package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.Authorizer;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a URL and a method ask for, before anything is looked up.
///
/// `isResource` is false for paths outside of `/api/VERSION/...` and `/apis/GROUP/VERSION/...`; all
/// fields but `verb` and `path` are "" then. `rest` is what follows a subresource
/// (`.../proxy/a/b`), with its slash, undecoded.
public record RequestInfo(
    boolean isResource,
    String verb,
    String path,
    String group,
    String version,
    String namespace,
    String resource,
    String name,
    String subresource,
    String rest) {
  /// Subresources of the namespace object itself; other third parts are resources inside of it.
  private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");

  public static RequestInfo of(String method, String path, QueryParameters query) {
    List<String> raw = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (String part : split(path)) {
      addDecoded(part, raw, parts);
    }
    int at;
    String group;
    if (parts.size() >= 3 && parts.get(0).equals("api")) {
      group = "";
      at = 1;
    } else if (parts.size() >= 4 && parts.get(0).equals("apis")) {
      group = parts.get(1);
      at = 2;
    } else {
      return new RequestInfo(
          false, method.toLowerCase(Locale.ROOT), path, "", "", "", "", "", "", "");
    }
    String version = parts.get(at++);
    String verb = verb(method);
    if (parts.get(at).equals("watch") && at + 1 < parts.size()) {
      verb = "watch"; // the old form /api/v1/watch/pods
      at++;
    }
    String namespace = "";
    if (parts.get(at).equals("namespaces") && at + 1 < parts.size()) {
      namespace = parts.get(at + 1);
      if (at + 2 < parts.size() && !NAMESPACE_SUBRESOURCES.contains(parts.get(at + 2))) {
        at += 2;
      }
    }
    String resource = parts.get(at);
    String name = at + 1 < parts.size() ? parts.get(at + 1) : "";
    String subresource = at + 2 < parts.size() ? parts.get(at + 2) : "";
    String rest = "";
    if (at + 3 < parts.size()) {
      rest = "/" + String.join("/", raw.subList(at + 3, raw.size()));
    }
    if (!subresource.isEmpty() && path.endsWith("/")) {
      rest += "/";
    }
    return new RequestInfo(
        true,
        collectionVerb(verb, name, query),
        path,
        group,
        version,
        namespace,
        resource,
        name,
        subresource,
        rest);
  }

  /// As asked of an [Authorizer].
  public Authorizer.Attributes attributes(String selectedName) {
    return isResource
        ? new Authorizer.Attributes(
            verb,
            group,
            version,
            resource,
            subresource,
            namespace,
            name.isEmpty() ? selectedName : name,
            "")
        : new Authorizer.Attributes(verb, "", "", "", "", "", "", path);
  }

  private static String verb(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  private static String collectionVerb(String verb, String name, QueryParameters query) {
    if (verb.equals("get") && name.isEmpty()) {
      return query.flag("watch") ? "watch" : "list";
    }
    return verb.equals("delete") && name.isEmpty() ? "deletecollection" : verb;
  }

  private static List<String> split(String path) {
    List<String> parts = new ArrayList<>(8);
    for (String part : path.split("/", -1)) {
      if (!part.isEmpty()) {
        parts.add(part);
      }
    }
    return parts;
  }

  /// An encoded slash is a slash: `a%2Fb` names what is under `a`, and no object has it in its
  /// name.
  private static void addDecoded(String part, List<String> raw, List<String> parts) {
    String decoded = decode(part);
    if (decoded.indexOf('/') < 0) {
      raw.add(part);
      parts.add(decoded);
      return;
    }
    for (String piece : split(decoded)) {
      raw.add(URLEncoder.encode(piece, StandardCharsets.UTF_8).replace("+", "%20"));
      parts.add(piece);
    }
  }

  private static String decode(String part) {
    if (part.indexOf('%') < 0) {
      return part;
    }
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("invalid URL escape in \"" + part + "\"");
    }
  }
}
