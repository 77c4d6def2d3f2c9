package io.kemudi.nodeagent.embedded.image;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of an image: `[registry/]repository[:tag][@digest]`. Without a registry it is one of
/// `docker.io`, without tag and digest the tag is `latest`, as everywhere. `tag` or `digest` may be
/// "", never both.
public record ImageReference(String registry, String repository, String tag, String digest) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?<name>[a-zA-Z0-9][a-zA-Z0-9._:/-]*?)(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>sha256:[a-f0-9]{64}))?");
  private static final Pattern REPOSITORY =
      Pattern.compile("[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*");

  public static ImageReference parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > 512 || !matcher.matches()) {
      throw invalid(text);
    }
    String name = matcher.group("name");
    String registry = "docker.io";
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    // A first part with a dot or a port, or "localhost", is a host; anything else is a folder.
    if (first.contains(".") || first.contains(":") || first.equals("localhost")) {
      registry = first;
      name = name.substring(slash + 1);
    } else if (slash < 0) {
      name = "library/" + name;
    }
    if (!REPOSITORY.matcher(name).matches()) {
      throw invalid(text);
    }
    String digest = matcher.group("digest") == null ? "" : matcher.group("digest");
    String tag = matcher.group("tag") == null ? "" : matcher.group("tag");
    return new ImageReference(
        registry, name, tag.isEmpty() && digest.isEmpty() ? "latest" : tag, digest);
  }

  private static IllegalArgumentException invalid(String text) {
    return new IllegalArgumentException(
        "invalid image reference \"" + text + "\": want [registry/]repository[:tag][@sha256:...]");
  }

  /// `registry/repository`.
  public String name() {
    return registry + "/" + repository;
  }

  /// What a registry is asked for: the digest where there is one, because it cannot be moved.
  public String manifest() {
    return digest.isEmpty() ? tag : digest;
  }

  @Override
  public String toString() {
    return name() + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
  }
}
