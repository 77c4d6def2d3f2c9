package io.kemudi.apiserver.registry;

/// A change to an object in one of the API's forms. `force` is for [Type#APPLY] only.
public record Patch(Type type, byte[] body, boolean force) {
  /// The forms by media type.
  public enum Type {
    JSON("application/json-patch+json"),
    MERGE("application/merge-patch+json"),
    STRATEGIC("application/strategic-merge-patch+json"),
    APPLY("application/apply-patch+yaml");

    private final String mediaType;

    Type(String mediaType) {
      this.mediaType = mediaType;
    }

    public String mediaType() {
      return mediaType;
    }
  }
}
