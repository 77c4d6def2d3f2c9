package io.kemudi.apiserver.auth;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.User;
import io.kemudi.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Lets a user act as another one, by the `Impersonate-` headers. Either the right `impersonate` on
/// every part of the other's identity allows it, or, for what the request does alone, the rights
/// `impersonate-on:MODE:VERB` on what is asked for and `impersonate:MODE` on every part (KEP-5284).
public final class Impersonation {
  private static final String EXTRA = "impersonate-extra-";
  private static final String AUTHENTICATION = "authentication.k8s.io";
  private static final String ACCOUNT = "system:serviceaccount:";
  private static final String NODE = "system:node:";

  private Impersonation() {}

  /// Whom the headers name; `mode` is that of the rights that are about one request.
  private record Wanted(
      String name,
      String uid,
      List<String> groups,
      Map<String, List<String>> extra,
      String mode,
      String namespace,
      String account) {
    static Wanted of(Headers headers) {
      String name = headers.first("impersonate-user", "");
      String[] parts = name.split(":", -1);
      boolean account = parts.length == 4 && name.startsWith(ACCOUNT);
      return new Wanted(
          name,
          headers.first("impersonate-uid", ""),
          headers.all("impersonate-group"),
          extraOf(headers),
          account ? "serviceaccount" : name.startsWith(NODE) ? "arbitrary-node" : "user-info",
          account ? parts[2] : "",
          account ? parts[3] : "");
    }

    /// Whether there are rights about one request for this: for a node or an account only when the
    /// name alone is taken on.
    boolean hasMode() {
      return mode.equals("user-info") || isPlain();
    }

    boolean isPlain() {
      return uid.isEmpty() && groups.isEmpty() && extra.isEmpty();
    }
  }

  /// The user that the request goes on as.
  ///
  /// @param asked what the request does
  /// @throws ApiException FORBIDDEN naming the first right that is missing for this request
  public static User apply(User user, Headers headers, Authorizer authorizer, Attributes asked) {
    Wanted wanted = Wanted.of(headers);
    if (wanted.name.isEmpty()) {
      if (!wanted.isPlain()) {
        throw ApiException.badRequest(
            "requested " + shown(wanted) + " without impersonating a user name");
      }
      return user;
    }
    List<Attributes> always = rights(wanted, "impersonate", "", "users", wanted.name);
    List<String> groups = groupsOf(wanted.name, wanted.namespace, wanted.groups);
    if (!wanted.hasMode()) {
      always.forEach(right -> Authorizers.require(authorizer, user, right));
    } else if (!always.stream().allMatch(right -> authorizer.authorize(user, right).allowed())) {
      Authorizers.require(authorizer, user, on(asked, wanted.mode));
      String verb = "impersonate:" + wanted.mode;
      boolean node = wanted.mode.equals("arbitrary-node");
      String name = node ? wanted.name.substring(NODE.length()) : wanted.name;
      rights(wanted, verb, AUTHENTICATION, node ? "nodes" : "users", name)
          .forEach(right -> Authorizers.require(authorizer, user, right));
      if (node) {
        groups = List.of("system:nodes", Authenticator.AUTHENTICATED);
      }
    }
    return new User(wanted.name, wanted.uid, groups, wanted.extra);
  }

  private static Attributes on(Attributes asked, String mode) {
    return new Attributes(
        "impersonate-on:" + mode + ":" + asked.verb(),
        asked.group(),
        asked.version(),
        asked.resource(),
        asked.subresource(),
        asked.namespace(),
        asked.name(),
        asked.path());
  }

  /// What has to be allowed for each part of the identity, in upstream's order.
  private static List<Attributes> rights(
      Wanted wanted, String verb, String group, String userResource, String userName) {
    List<Attributes> rights = new ArrayList<>();
    if (wanted.account.isEmpty()) {
      rights.add(right(verb, group, userResource, "", "", userName));
    } else {
      rights.add(right(verb, group, "serviceaccounts", "", wanted.namespace, wanted.account));
    }
    if (!wanted.uid.isEmpty()) {
      rights.add(right(verb, AUTHENTICATION, "uids", "", "", wanted.uid));
    }
    wanted.groups.forEach(name -> rights.add(right(verb, group, "groups", "", "", name)));
    wanted.extra.forEach((key, values) ->
        values.forEach(
            value -> rights.add(right(verb, AUTHENTICATION, "userextras", key, "", value))));
    return rights;
  }

  private static Attributes right(
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    String version = group.isEmpty() ? "" : "v1";
    return new Attributes(verb, group, version, resource, subresource, namespace, name, "");
  }

  /// As Go prints upstream's struct.
  private static String shown(Wanted wanted) {
    StringBuilder extra = new StringBuilder();
    wanted.extra.forEach((key, values) ->
        extra
            .append(extra.isEmpty() ? "" : ", ")
            .append(quoted(key))
            .append(":[]string{")
            .append(quoted(values))
            .append('}'));
    return "&user.DefaultInfo{Name:\"\", UID:"
        + quoted(wanted.uid)
        + ", Groups:[]string"
        + (wanted.groups.isEmpty() ? "(nil)" : "{" + quoted(wanted.groups) + "}")
        + ", Extra:map[string][]string"
        + (extra.isEmpty() ? "(nil)" : "{" + extra + "}")
        + "}";
  }

  private static String quoted(List<String> texts) {
    return texts.stream().map(Impersonation::quoted).collect(Collectors.joining(", "));
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static List<String> groupsOf(String name, String namespace, List<String> given) {
    List<String> groups = new ArrayList<>(given);
    if (groups.isEmpty() && !namespace.isEmpty()) {
      groups.addAll(ServiceAccountNames.groups(namespace));
    }
    String own =
        name.equals(Authenticator.ANONYMOUS.name())
            ? Authenticator.UNAUTHENTICATED
            : Authenticator.AUTHENTICATED;
    if (!groups.contains(own) && !groups.contains(Authenticator.UNAUTHENTICATED)) {
      groups.add(own);
    }
    return groups;
  }

  private static Map<String, List<String>> extraOf(Headers headers) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(EXTRA)) {
        String key = URLDecoder.decode(lower.substring(EXTRA.length()), StandardCharsets.UTF_8);
        extra.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(value);
      }
    });
    return extra;
  }
}
