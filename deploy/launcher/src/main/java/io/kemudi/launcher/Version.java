package io.kemudi.launcher;

import io.kemudi.lifecycle.Release;
import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
public final class Version implements IVersionProvider {
  static final String TEXT = Release.VERSION;

  @Override
  public String[] getVersion() {
    return new String[] {"kemudi " + TEXT};
  }
}
