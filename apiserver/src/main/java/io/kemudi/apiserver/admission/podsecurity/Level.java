package io.kemudi.apiserver.admission.podsecurity;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How strict; each level forbids all that those before it forbid.
public enum Level {
  PRIVILEGED,
  BASELINE,
  RESTRICTED;

  static @Nullable Level parse(String text) {
    for (Level level : values()) {
      if (level.toString().equals(text)) {
        return level;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
