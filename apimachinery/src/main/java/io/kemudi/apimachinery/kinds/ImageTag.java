package io.kemudi.apimachinery.kinds;

/// What the tag of an image reference says about pulling.
final class ImageTag {
  private ImageTag() {}

  /// `Always` for images that are or may be `latest`, since that moves; `IfNotPresent` for others,
  /// also for references that cannot be read, which validation or the runtime will refuse.
  static String pullPolicy(String image) {
    return isLatest(image) ? "Always" : "IfNotPresent";
  }

  private static boolean isLatest(String image) {
    if (image.isEmpty() || image.contains("@")) {
      return false;
    }
    int slash = image.lastIndexOf('/');
    int colon = image.indexOf(':', slash + 1);
    if (colon >= 0) {
      return image.substring(colon + 1).equals("latest");
    }
    for (int i = 0; i < image.length(); i++) {
      char c = image.charAt(i);
      if (c >= 'A' && c <= 'Z' && i > slash || Character.isWhitespace(c)) {
        return false;
      }
    }
    return true;
  }
}
