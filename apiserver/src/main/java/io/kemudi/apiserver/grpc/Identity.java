package io.kemudi.apiserver.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.kemudi.apiserver.registry.User;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Who calls: the subject of the client's certificate (CN is the name, each O a group), which TLS
/// has verified; inside the process whoever the channel was made for. A call from nobody is
/// refused.
final class Identity implements ServerInterceptor {
  static final Context.Key<User> USER = Context.key("kemudi-user");
  static final Context.Key<String> AGENT = Context.key("kemudi-user-agent");

  /// The other end's address; "" inside the process.
  static final Context.Key<String> SOURCE = Context.key("kemudi-source");

  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

  private final @Nullable User inProcess;

  private Identity(@Nullable User inProcess) {
    this.inProcess = inProcess;
  }

  static Identity ofCertificates() {
    return new Identity(null);
  }

  static Identity ofProcess(User user) {
    return new Identity(user);
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    User user = inProcess != null ? inProcess : certified(call);
    if (user == null) {
      call.close(
          Status.UNAUTHENTICATED.withDescription("a client certificate is wanted"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    String agent = headers.get(USER_AGENT);
    Context context =
        Context.current()
            .withValue(USER, user)
            .withValue(AGENT, agent == null ? user.name() : agent)
            .withValue(SOURCE, source(call));
    return Contexts.interceptCall(context, call, headers, next);
  }

  private static String source(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "";
  }

  private static @Nullable User certified(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return null;
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate leaf ? of(leaf) : null;
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }

  static @Nullable User of(X509Certificate certificate) {
    String name = "";
    List<String> groups = new ArrayList<>();
    try {
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn rdn : subject.getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          name = String.valueOf(rdn.getValue());
        } else if (rdn.getType().equalsIgnoreCase("O")) {
          groups.add(String.valueOf(rdn.getValue()));
        }
      }
    } catch (InvalidNameException e) {
      return null;
    }
    groups.add("system:authenticated");
    return name.isEmpty() ? null : User.of(name, groups.toArray(String[]::new));
  }
}
