package io.kemudi.client.api;

/// A patch in one of the API's forms; `body` is JSON (or YAML for an apply).
public record Patch(Type type, byte[] body, boolean force) {
  /// The forms, each with its media type.
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

  public static Patch merge(String json) {
    return new Patch(Type.MERGE, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
  }

  public static Patch strategic(String json) {
    return new Patch(Type.STRATEGIC, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
  }

  public static Patch json(String json) {
    return new Patch(Type.JSON, json.getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
  }
}
