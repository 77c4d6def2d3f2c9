package io.kemudi.nodeagent.podworker;

import java.util.regex.Pattern;

/// The name of an image as a pod writes it.
final class ImageReference {
  // Host with optional port, path components, tag, digest: the distribution project's grammar.
  private static final String COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?"
              + COMPONENT
              + "(?:/"
              + COMPONENT
              + ")*(?::[\\w][\\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?");

  private ImageReference() {}

  static boolean isValid(String image) {
    return FORM.matcher(image).matches();
  }

  /// With `:latest` where there is neither tag nor digest.
  static String withTag(String image) {
    int lastSlash = image.lastIndexOf('/');
    boolean tagged = image.indexOf(':', lastSlash + 1) >= 0 || image.contains("@");
    return tagged ? image : image + ":latest";
  }

  /// The policy that holds when the pod names none: always for `latest`, else if missing.
  static String defaultPolicy(String image) {
    return withTag(image).endsWith(":latest") ? "Always" : "IfNotPresent";
  }
}
