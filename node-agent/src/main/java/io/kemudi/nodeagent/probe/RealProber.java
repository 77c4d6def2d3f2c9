package io.kemudi.nodeagent.probe;

import io.kemudi.cri.v1.ExecSyncResponse;
import io.kemudi.kubernetes.core.v1.ProbeHandler;
import io.kemudi.kubernetes.core.v1.TCPSocketAction;
import io.kemudi.nodeagent.runtime.Runtime;
import io.kemudi.nodeagent.runtime.RuntimeFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/// Asks over the network, or runs a command in the container.
public final class RealProber implements Prober {
  private static final int MAX_OUTPUT = 10 << 10;

  private final Runtime runtime;

  public RealProber(Runtime runtime) {
    this.runtime = runtime;
  }

  @Override
  public ProbeResult probe(ProbeTarget target, ProbeHandler handler, Duration limit) {
    if (handler.hasExec()) {
      return exec(target, handler, limit);
    }
    if (handler.hasHttpGet()) {
      return HttpProbe.get(handler.getHttpGet(), target, limit);
    }
    if (handler.hasTcpSocket()) {
      return tcp(target, handler.getTcpSocket(), limit);
    }
    if (handler.hasGrpc()) {
      return GrpcProbe.check(
          target.podIp(), handler.getGrpc().getPort(), handler.getGrpc().getService(), limit);
    }
    return ProbeResult.unknown("the probe has no handler");
  }

  private ProbeResult exec(ProbeTarget target, ProbeHandler handler, Duration limit) {
    try {
      ExecSyncResponse answer =
          runtime.execSync(target.containerId(), handler.getExec().getCommandList(), limit);
      String output = answer.getStdout().toStringUtf8() + answer.getStderr().toStringUtf8();
      return answer.getExitCode() == 0
          ? ProbeResult.SUCCESS
          : ProbeResult.failure(output.substring(0, Math.min(output.length(), MAX_OUTPUT)));
    } catch (RuntimeFailure e) {
      return switch (e.kind()) {
        case TIMED_OUT -> ProbeResult.failure("command timed out after " + limit.toSeconds() + "s");
        case UNAVAILABLE, NOT_FOUND -> ProbeResult.unknown(String.valueOf(e.getMessage()));
        case FAILED, UNIMPLEMENTED -> ProbeResult.failure(String.valueOf(e.getMessage()));
      };
    }
  }

  private static ProbeResult tcp(ProbeTarget target, TCPSocketAction action, Duration limit) {
    String host = action.getHost().isEmpty() ? target.podIp() : action.getHost();
    try (Socket socket = new Socket()) {
      int port = Ports.resolve(action.getPort(), target.container());
      socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
      return ProbeResult.SUCCESS;
    } catch (IOException | IllegalArgumentException e) {
      return ProbeResult.failure("dial tcp " + host + ": " + e.getMessage());
    }
  }
}
