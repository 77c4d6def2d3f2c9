package io.kemudi.launcher;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
public final class Version implements IVersionProvider {
  static final String TEXT = "v1.36.2+kemudi.1";

  @Override
  public String[] getVersion() {
    return new String[] {"kemudi " + TEXT};
  }
}
