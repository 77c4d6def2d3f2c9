package io.kemudi.nodeagent.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// The standard health question, `grpc.health.v1.Health/Check`. Its two messages have one field
/// each, so they are written here by hand.
final class GrpcProbe {
  private static final int SERVING = 1;
  private static final String[] STATUSES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};

  private static final MethodDescriptor<String, Integer> CHECK =
      MethodDescriptor.<String, Integer>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(new Request())
          .setResponseMarshaller(new Response())
          .build();

  private GrpcProbe() {}

  static ProbeResult check(String host, int port, String service, Duration limit) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .userAgent("kube-probe/1.36")
            .build();
    try {
      CallOptions options =
          CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
      int status = ClientCalls.blockingUnaryCall(channel, CHECK, options, service);
      return status == SERVING
          ? ProbeResult.SUCCESS
          : ProbeResult.failure(
              "service unhealthy (responded with \""
                  + (status >= 0 && status < STATUSES.length ? STATUSES[status] : status)
                  + "\")");
    } catch (StatusRuntimeException e) {
      return ProbeResult.failure(said(host, port, limit, e.getStatus()));
    } finally {
      channel.shutdownNow();
    }
  }

  private static String said(String host, int port, Duration limit, Status status) {
    return switch (status.getCode()) {
      case UNIMPLEMENTED ->
          "error: this server does not implement the grpc health protocol (grpc.health.v1.Health): "
              + status.getDescription();
      case DEADLINE_EXCEEDED ->
          "timeout: health rpc did not complete within " + limit.toMillis() / 1000.0 + "s";
      case UNAVAILABLE ->
          "timeout: failed to connect service \""
              + host
              + ":"
              + port
              + "\": "
              + status.getDescription();
      default -> "error: health rpc probe failed: " + status.getDescription();
    };
  }

  private static final class Request implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String service) {
      try {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        if (!service.isEmpty()) {
          out.writeString(1, service);
        }
        out.flush();
        return new ByteArrayInputStream(bytes.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only written");
    }
  }

  private static final class Response implements MethodDescriptor.Marshaller<Integer> {
    @Override
    public InputStream stream(Integer status) {
      throw new UnsupportedOperationException("responses are only read");
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        CodedInputStream in = CodedInputStream.newInstance(stream);
        int status = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag >>> 3 == 1) {
            status = in.readEnum();
          } else {
            in.skipField(tag);
          }
        }
        return status;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
