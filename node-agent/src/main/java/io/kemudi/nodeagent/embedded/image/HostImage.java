package io.kemudi.nodeagent.embedded.image;

import java.util.List;

/// The machine's own root file system as an image, so that a first cluster runs something with no
/// registry at all. Containers see it read-only with a private `/tmp` and `/run`.
final class HostImage {
  static final String NAME = "kemudi.io/host";
  // No content, so no digest of one: a fixed name in the form that clients expect.
  static final String ID =
      "sha256:6b656d7564692e696f2f686f73740000000000000000000000000000000000ff";
  static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private HostImage() {}

  static boolean isNamed(ImageReference reference) {
    return reference.name().equals(NAME);
  }

  /// The image under every tag it was asked for: they all are the same machine.
  static StoredImage image(List<String> tags) {
    return new StoredImage(
        ID,
        tags,
        List.of(NAME + "@" + ID),
        1,
        List.of(),
        new StoredImage.Defaults(
            List.of(PATH, "HOME=/tmp"), List.of(), List.of("/bin/sh"), "", "/", ""));
  }
}
