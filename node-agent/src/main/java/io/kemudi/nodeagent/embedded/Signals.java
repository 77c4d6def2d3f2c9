package io.kemudi.nodeagent.embedded;

import io.kemudi.cri.v1.Signal;
import io.kemudi.nodeagent.posix.Posix;
import java.util.List;

/// Signals by name, as images and CRI tell them.
final class Signals {
  /// By number, from 1; the numbers of x86 and Arm.
  private static final List<String> NAMES =
      List.of(
          ("HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT"
                  + " STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
              .split(" "));

  private Signals() {}

  /// The signal that asks a container to stop: what the pod says, else the image, else TERM.
  static int stop(Signal asked, String ofImage) {
    if (asked != Signal.RUNTIME_DEFAULT && asked != Signal.UNRECOGNIZED) {
      return number(asked.name());
    }
    return ofImage.isEmpty() ? Posix.SIGTERM : number(ofImage);
  }

  private static int number(String text) {
    String name = text.startsWith("SIG") ? text.substring(3) : text;
    if (name.matches("\\d{1,2}")) {
      return Integer.parseInt(name);
    }
    if (name.startsWith("RTMIN")) {
      return 34 + offset(name.substring(5));
    }
    if (name.startsWith("RTMAX")) {
      return 64 - offset(name.substring(5));
    }
    int index =
        NAMES.indexOf(
            switch (name) {
              case "IOT" -> "ABRT";
              case "CLD" -> "CHLD";
              case "POLL" -> "IO";
              case String other -> other;
            });
    return index < 0 ? Posix.SIGTERM : index + 1;
  }

  private static int offset(String text) {
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }
}
