package io.kemudi.nodeagent.volume;

/// A volume that cannot be provided now; the message becomes the event `FailedMount`. The pod waits
/// and it is tried again.
public final class VolumeFailure extends RuntimeException {
  public VolumeFailure(String message) {
    super(message, null, false, false);
  }

  static VolumeFailure of(String volume, String why) {
    return new VolumeFailure("MountVolume.SetUp failed for volume \"" + volume + "\" : " + why);
  }
}
