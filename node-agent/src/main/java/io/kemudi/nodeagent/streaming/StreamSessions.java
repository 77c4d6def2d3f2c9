package io.kemudi.nodeagent.streaming;

import io.kemudi.http.HttpExchange;
import io.kemudi.nodeagent.runtime.Runtime;
import java.util.List;

/// Exec, attach and port-forward.
final class StreamSessions {
  StreamSessions(Runtime runtime, PodContainersLookup lookup) {}

  void handle(HttpExchange exchange, List<String> path, Query query) throws Exception {
    throw new Refusal(501, "exec, attach and port-forward are not there yet");
  }
}
