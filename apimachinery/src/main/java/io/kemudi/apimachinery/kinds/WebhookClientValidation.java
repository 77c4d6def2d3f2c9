package io.kemudi.apimachinery.kinds;

import io.kemudi.apimachinery.validation.Checks;
import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a webhook is called: admission's and a definition's for conversion.
public final class WebhookClientValidation {
  private static final String FORM = "; desired format: https://host[/path]";

  private WebhookClientValidation() {}

  /// A service of the cluster; `path` is null when it is not said.
  public record Service(String namespace, String name, @Nullable String path, int port) {}

  /// Exactly one of `url` and `service` is not null.
  public static void validate(
      @Nullable String url, @Nullable Service service, FieldPath path, FieldErrors errors) {
    if ((url == null) == (service == null)) {
      errors.required(path, "exactly one of url or service is required");
    } else if (url != null) {
      url(url, path.child("url"), errors);
    } else if (service != null) {
      service(service, path.child("service"), errors);
    }
  }

  private static void url(String text, FieldPath path, FieldErrors errors) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      errors.required(path, "url must be a valid URL: " + e.getMessage() + FORM);
      return;
    }
    String scheme = orEmpty(url.getScheme());
    if (!scheme.equals("https")) {
      errors.invalid(path, scheme, "'https' is the only allowed URL scheme" + FORM);
    }
    String authority = orEmpty(url.getRawAuthority());
    int at = authority.lastIndexOf('@');
    if (authority.substring(at + 1).isEmpty()) {
      errors.invalid(path, "", "host must be specified" + FORM);
    }
    if (at >= 0) {
      errors.invalid(
          path, authority.substring(0, at), "user information is not permitted in the URL");
    }
    if (!orEmpty(url.getFragment()).isEmpty()) {
      errors.invalid(path, url.getFragment(), "fragments are not permitted in the URL");
    }
    if (!orEmpty(url.getRawQuery()).isEmpty()) {
      errors.invalid(path, url.getRawQuery(), "query parameters are not permitted in the URL");
    }
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static void service(Service service, FieldPath path, FieldErrors errors) {
    if (service.name.isEmpty()) {
      errors.required(path.child("name"), "service name is required");
    }
    if (service.namespace.isEmpty()) {
      errors.required(path.child("namespace"), "service namespace is required");
    }
    if (service.port < 1 || service.port > 65535) {
      errors.invalid(
          path.child("port"),
          service.port,
          "port is not valid: must be between 1 and 65535, inclusive");
    }
    if (service.path != null && !service.path.isEmpty() && !service.path.equals("/")) {
      servicePath(service.path, path.child("path"), errors);
    }
  }

  private static void servicePath(String text, FieldPath path, FieldErrors errors) {
    if (text.equals("//")) {
      errors.invalid(path, text, "segment[0] may not be empty");
      return;
    }
    if (!text.startsWith("/")) {
      errors.invalid(path, text, "must start with a '/'");
    }
    // Upstream drops the first character whatever it is.
    String rest = text.substring(1);
    String[] steps =
        (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      if (steps[i].isEmpty()) {
        errors.invalid(path, text, "segment[" + i + "] may not be empty");
        continue;
      }
      for (String error : Names.dnsSubdomain(steps[i])) {
        errors.invalid(path, text, "segment[" + i + "]: " + error);
      }
    }
  }

  /// The versions of reviews that a webhook takes: one of which this server has to know, unless
  /// that was so before.
  public static void reviewVersions(
      List<String> versions,
      boolean mustKnowOne,
      String whenMissing,
      FieldPath path,
      FieldErrors errors) {
    if (versions.isEmpty()) {
      errors.required(path, whenMissing);
      return;
    }
    for (int i = 0; i < versions.size(); i++) {
      String version = versions.get(i);
      if (versions.indexOf(version) < i) {
        errors.invalid(path.index(i), version, "duplicate version");
      } else {
        Checks.form(version, Names::dns1035Label, path.index(i), errors);
      }
    }
    if (mustKnowOne && !knowsOne(versions)) {
      errors.invalid(path, versions, "must include at least one of v1, v1beta1");
    }
  }

  public static boolean knowsOne(List<String> versions) {
    return versions.contains("v1") || versions.contains("v1beta1");
  }
}
