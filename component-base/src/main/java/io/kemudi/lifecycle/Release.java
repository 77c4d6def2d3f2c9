package io.kemudi.lifecycle;

/// Which release this is: the Kubernetes version whose API it speaks, and its own number behind it.
public final class Release {
  public static final String VERSION = "v1.36.2+kemudi.1";

  private Release() {}
}
