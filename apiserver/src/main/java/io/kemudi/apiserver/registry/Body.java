package io.kemudi.apiserver.registry;

/// An object as a client sent it, not yet decoded.
public record Body(Form form, byte[] bytes) {
  /// How an object is written.
  public enum Form {
    JSON,
    YAML,
    /// `application/vnd.kubernetes.protobuf`: the message in its `k8s\0` envelope
    PROTOBUF,
    /// The bare message of the target's kind, as our gRPC API carries it
    MESSAGE
  }

  public static Body json(byte[] bytes) {
    return new Body(Form.JSON, bytes);
  }
}
