package io.kemudi.nodeagent.embedded;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every CRI call does alike: answer once, or say in one line what went wrong.
final class Replies {
  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

  interface Call<T> {
    T answer() throws IOException;
  }

  private Replies() {}

  static <T> void answer(StreamObserver<T> to, Call<T> call) {
    try {
      to.onNext(call.answer());
      to.onCompleted();
    } catch (StatusRuntimeException e) {
      to.onError(e);
    } catch (IllegalArgumentException e) {
      to.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
    } catch (IOException | RuntimeException e) {
      LOG.warn("a call failed", e);
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      to.onError(Status.UNKNOWN.withDescription(message).asRuntimeException());
    }
  }

  static StatusRuntimeException unimplemented(String what) {
    return Status.UNIMPLEMENTED
        .withDescription(what + " is not supported by the embedded runtime")
        .asRuntimeException();
  }

  /// Whether an id is the one asked for, or begins with it; "" asks for any.
  static boolean matches(String id, String asked) {
    return asked.isEmpty() || id.startsWith(asked);
  }

  static boolean matches(Map<String, String> labels, Map<String, String> selector) {
    return labels.entrySet().containsAll(selector.entrySet());
  }
}
