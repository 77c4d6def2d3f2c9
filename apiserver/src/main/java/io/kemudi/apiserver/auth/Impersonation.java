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

/// Lets a user act as another one, by the `Impersonate-` headers, where the right `impersonate` on
/// every part of the other's identity allows it.
public final class Impersonation {
  private static final String EXTRA = "impersonate-extra-";
  private static final String AUTHENTICATION = "authentication.k8s.io";

  private Impersonation() {}

  /// The user that the request goes on as.
  ///
  /// @throws ApiException FORBIDDEN naming the first part that may not be taken on
  public static User apply(User user, Headers headers, Authorizer authorizer) {
    String name = headers.first("impersonate-user", "");
    String uid = headers.first("impersonate-uid", "");
    List<String> groups = headers.all("impersonate-group");
    Map<String, List<String>> extra = extra(headers);
    if (name.isEmpty()) {
      if (!uid.isEmpty() || !groups.isEmpty() || !extra.isEmpty()) {
        throw ApiException.badRequest(
            "requested impersonation without impersonating a user (name=\"\", uid=\"%s\", groups=%s, extra=%s)"
                .formatted(uid, groups, extra));
      }
      return user;
    }
    String[] account = name.split(":", -1);
    boolean isAccount = account.length == 4 && name.startsWith("system:serviceaccount:");
    if (isAccount) {
      require(authorizer, user, "", "serviceaccounts", "", account[2], account[3]);
    } else {
      require(authorizer, user, "", "users", "", "", name);
    }
    for (String group : groups) {
      require(authorizer, user, "", "groups", "", "", group);
    }
    extra.forEach((key, values) ->
        values.forEach(
            value -> require(authorizer, user, AUTHENTICATION, "userextras", key, "", value)));
    if (!uid.isEmpty()) {
      require(authorizer, user, AUTHENTICATION, "uids", "", "", uid);
    }
    return new User(name, uid, groupsOf(name, isAccount ? account[2] : "", groups), extra);
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

  private static Map<String, List<String>> extra(Headers headers) {
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

  private static void require(
      Authorizer authorizer,
      User user,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    String version = group.isEmpty() ? "" : "v1";
    Authorizers.require(
        authorizer,
        user,
        new Attributes("impersonate", group, version, resource, subresource, namespace, name, ""));
  }
}
