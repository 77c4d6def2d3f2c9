package io.kemudi.apimachinery.crd;

import io.kemudi.apimachinery.validation.FieldErrors;
import io.kemudi.apimachinery.validation.FieldPath;
import io.kemudi.apimachinery.validation.Names;
import io.kemudi.kubernetes.apiextensions.v1.CustomResourceConversion;
import io.kemudi.kubernetes.apiextensions.v1.ServiceReference;
import io.kemudi.kubernetes.apiextensions.v1.WebhookClientConfig;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// How a conversion webhook is to be reached.
final class WebhookClientValidation {
  private static final Set<String> UNDERSTOOD = Set.of("v1", "v1beta1");

  private WebhookClientValidation() {}

  static void conversion(CustomResourceConversion conversion, FieldPath path, FieldErrors errors) {
    FieldPath config = path.child("webhookClientConfig");
    if (!conversion.hasWebhook() || !conversion.getWebhook().hasClientConfig()) {
      errors.required(config, "required when strategy is set to Webhook");
    } else {
      client(conversion.getWebhook().getClientConfig(), config, errors);
    }
    reviewVersions(
        conversion.getWebhook().getConversionReviewVersionsList(),
        path.child("conversionReviewVersions"),
        errors);
  }

  private static void client(WebhookClientConfig config, FieldPath path, FieldErrors errors) {
    if (config.hasUrl() == config.hasService()) {
      errors.required(path, "exactly one of url or service is required");
    } else if (config.hasUrl()) {
      url(config.getUrl(), path.child("url"), errors);
    } else {
      service(config.getService(), path.child("service"), errors);
    }
  }

  private static void url(String text, FieldPath path, FieldErrors errors) {
    String form = "; desired format: https://host[/path]";
    try {
      URI url = new URI(text);
      if (!"https".equals(url.getScheme())) {
        errors.invalid(
            path,
            url.getScheme() == null ? "" : url.getScheme(),
            "'https' is the only allowed URL scheme" + form);
      }
      if (url.getHost() == null) {
        errors.invalid(path, "", "host must be specified" + form);
      }
      if (url.getUserInfo() != null) {
        errors.invalid(
            path, url.getUserInfo(), "user information is not permitted in the URL" + form);
      }
      if (url.getRawFragment() != null) {
        errors.invalid(path, url.getRawFragment(), "fragments are not permitted in the URL" + form);
      }
      if (url.getRawQuery() != null) {
        errors.invalid(
            path, url.getRawQuery(), "query parameters are not permitted in the URL" + form);
      }
    } catch (URISyntaxException e) {
      errors.required(path, "url must be a valid URL: " + e.getReason() + form);
    }
  }

  private static void service(ServiceReference service, FieldPath path, FieldErrors errors) {
    if (service.getName().isEmpty()) {
      errors.required(path.child("name"), "service name is required");
    }
    if (service.getNamespace().isEmpty()) {
      errors.required(path.child("namespace"), "service namespace is required");
    }
    if (service.hasPort() && (service.getPort() < 1 || service.getPort() > 65535)) {
      errors.invalid(
          path.child("port"),
          service.getPort(),
          "port is not valid: must be between 1 and 65535, inclusive");
    }
    if (service.hasPath()) {
      path(service.getPath(), path.child("path"), errors);
    }
  }

  private static void path(String text, FieldPath path, FieldErrors errors) {
    if (text.isEmpty() || text.equals("/")) {
      return;
    }
    if (text.equals("//")) {
      errors.invalid(path, text, "segment[0] may not be empty");
      return;
    }
    if (!text.startsWith("/")) {
      errors.invalid(path, text, "must start with a '/'");
    }
    String inner = text.startsWith("/") ? text.substring(1) : text;
    String[] steps =
        (inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner).split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      if (steps[i].isEmpty()) {
        errors.invalid(path, text, "segment[" + i + "] may not be empty");
        continue;
      }
      for (String wrong : Names.dnsSubdomain(steps[i])) {
        errors.invalid(path, text, "segment[" + i + "]: " + wrong);
      }
    }
  }

  private static void reviewVersions(List<String> versions, FieldPath path, FieldErrors errors) {
    if (versions.isEmpty()) {
      errors.required(path);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < versions.size(); i++) {
      if (!seen.add(versions.get(i))) {
        errors.invalid(path.index(i), versions.get(i), "duplicate version");
      }
      for (String wrong : Names.dns1035Label(versions.get(i))) {
        errors.invalid(path.index(i), versions.get(i), wrong);
      }
    }
    if (versions.stream().noneMatch(UNDERSTOOD::contains)) {
      errors.invalid(path, versions, "must include at least one of v1, v1beta1");
    }
  }
}
