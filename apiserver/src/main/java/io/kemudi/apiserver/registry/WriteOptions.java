package io.kemudi.apiserver.registry;

/// How to write. `fieldManager` "" stands for the one named by the user agent; `fieldValidation` is
/// "" (as `Warn`), `Strict`, `Warn` or `Ignore`.
public record WriteOptions(boolean dryRun, String fieldManager, String fieldValidation) {
  public static final WriteOptions NONE = new WriteOptions(false, "", "");

  public static WriteOptions by(String fieldManager) {
    return new WriteOptions(false, fieldManager, "");
  }
}
