package io.kemudi.client.api;

/// How to write: only try (`dryRun`), and in whose name fields are managed ("" for the client's
/// own).
public record WriteOptions(boolean dryRun, String fieldManager) {
  public static final WriteOptions NONE = new WriteOptions(false, "");

  public static WriteOptions by(String fieldManager) {
    return new WriteOptions(false, fieldManager);
  }
}
