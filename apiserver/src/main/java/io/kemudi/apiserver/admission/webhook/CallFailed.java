package io.kemudi.apiserver.admission.webhook;

/// A webhook that gave no answer that could be used. The failure policy decides what follows.
final class CallFailed extends RuntimeException {
  CallFailed(String message) {
    super(message, null, false, false);
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
