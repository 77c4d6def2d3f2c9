package io.kemudi.apiserver.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.http.Headers;
import io.kemudi.http.HttpConnection;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.RawStream;
import io.kemudi.http.ResponseStream;
import io.kemudi.kubernetes.core.v1.Container;
import io.kemudi.kubernetes.core.v1.Node;
import io.kemudi.kubernetes.core.v1.NodeAddress;
import io.kemudi.kubernetes.core.v1.Pod;
import io.kemudi.kubernetes.core.v1.Service;
import io.kemudi.kubernetes.core.v1.ServicePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes requests on to node agents (logs, exec, attach, port-forward, node proxy) and to pods and
/// services (proxy). Bytes are spliced only after the other side has answered 101; its redirects
/// are handed to the client, never followed (CVE-2018-1002105, CVE-2020-8559).
public final class NodeProxy {
  private static final Logger log = LoggerFactory.getLogger(NodeProxy.class);
  private static final Duration DIAL = Duration.ofSeconds(10);
  private static final int MAX_BODY_BYTES = 64 * 1024 * 1024;

  /// What concerns one connection only (RFC 9110, 7.6.1).
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host",
          "content-length");

  private static final List<String> ADDRESS_TYPES =
      List.of("InternalIP", "InternalDNS", "Hostname", "ExternalDNS", "ExternalIP");

  private final Registry registry;
  private final Supplier<SSLContext> kubeletTls;

  /// `kubeletTls` shows this server's client certificate and trusts the node agents' authority.
  public NodeProxy(Registry registry, Supplier<SSLContext> kubeletTls) {
    this.registry = registry;
    this.kubeletTls = kubeletTls;
  }

  /// Whether the request is one that is passed on; if so it was answered.
  public boolean handle(ApiRequest request, Target target) throws IOException {
    if (!target.row().group().isEmpty()) {
      return false;
    }
    switch (target.row().resource() + "/" + target.subresource()) {
      case "pods/log" -> logs(request, target);
      case "pods/exec" -> stream(request, target, "exec", execQuery(request));
      case "pods/attach" -> stream(request, target, "attach", execQuery(request));
      case "pods/portforward" -> stream(request, target, "portForward", request.exchange().query());
      case "nodes/proxy" -> nodeProxy(request, target);
      case "pods/proxy" -> podProxy(request, target);
      case "services/proxy" -> serviceProxy(request, target);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void logs(ApiRequest request, Target target) throws IOException {
    LogOptions.validate(target.name(), request.query());
    Pod pod = pod(target);
    String container = container(pod, request.query().first("container"), "container");
    if (pod.getSpec().getNodeName().isEmpty()) {
      request
          .exchange()
          .respond(204, new Headers(), new byte[0]); // no node runs it, so nothing was logged
      return;
    }
    Destination node = node(pod.getSpec().getNodeName());
    String path =
        "/containerLogs/"
            + encoded(target.namespace())
            + "/"
            + encoded(target.name())
            + "/"
            + encoded(container);
    // the agent's answer is passed on as it is, but for the certificate it cannot show
    forward(request, node, path + query(request.exchange().query()));
  }

  private void stream(ApiRequest request, Target target, String kubeletVerb, String query)
      throws IOException {
    Pod pod = pod(target);
    Destination node = node(scheduled(pod));
    StringBuilder path =
        new StringBuilder("/")
            .append(kubeletVerb)
            .append('/')
            .append(encoded(target.namespace()))
            .append('/')
            .append(encoded(target.name()));
    if (!kubeletVerb.equals("portForward")) {
      path.append('/')
          .append(encoded(container(pod, request.query().first("container"), "container")));
    }
    forward(request, node, path + query(query));
  }

  /// The agent's parameters: its names are those of old, `input` for `stdin` and so on.
  private static String execQuery(ApiRequest request) {
    List<String> parts = new ArrayList<>();
    for (String name : List.of("stdin", "stdout", "stderr", "tty")) {
      if (request.query().flag(name)) {
        parts.add(
            switch (name) {
              case "stdin" -> "input=1";
              case "stdout" -> "output=1";
              case "stderr" -> "error=1";
              default -> "tty=1";
            });
      }
    }
    for (String word : request.query().all("command")) {
      parts.add("command=" + URLEncoder.encode(word, StandardCharsets.UTF_8));
    }
    return String.join("&", parts);
  }

  private void nodeProxy(ApiRequest request, Target target) throws IOException {
    NameAndPort at = NameAndPort.parse(target.name());
    Destination node = node(at.name);
    if (redirectedToRoot(request)) {
      return;
    }
    if (at.port.isEmpty() || at.port.equals(Integer.toString(node.address.getPort()))) {
      String path = request.info().rest() + query(request.exchange().query());
      try (HttpConnection connection =
          dialled(() -> HttpConnection.dialTls(node.address, kubeletTls.get(), null, DIAL))) {
        exchange(request.exchange(), connection, path, proxied(request, node.address));
      }
      return;
    }
    toAddress(
        request, at.scheme, node.address.getAddress().getHostAddress(), number(at.port, "node"));
  }

  /// A proxied server's root is a folder: links in what it answers are relative to it.
  private static boolean redirectedToRoot(ApiRequest request) throws IOException {
    HttpExchange exchange = request.exchange();
    boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
    boolean upgrade = exchange.headers().hasToken("connection", "upgrade");
    if (!reads || upgrade || !request.info().rest().isEmpty()) {
      return false;
    }
    Headers headers = Headers.of("Location", exchange.path() + "/" + query(exchange.query()));
    exchange.respond(301, headers, new byte[0]);
    return true;
  }

  private void podProxy(ApiRequest request, Target target) throws IOException {
    NameAndPort at = NameAndPort.parse(target.name());
    Pod pod = pod(target.named(at.name));
    String ip = pod.getStatus().getPodIP();
    if (ip.isEmpty()) {
      throw ApiException.badRequest("address not allowed");
    }
    int port = at.port.isEmpty() ? firstPort(pod) : portNumber(pod, at.port);
    if (redirectedToRoot(request)) {
      return;
    }
    toAddress(request, at.scheme, ip, port);
  }

  private void serviceProxy(ApiRequest request, Target target) throws IOException {
    NameAndPort at = NameAndPort.parse(target.name());
    Service service = parse(Service.parser(), registry.get(loopback(), plain(target, at.name), ""));
    ServicePort port = null;
    for (ServicePort each : service.getSpec().getPortsList()) {
      if (at.port.isEmpty() && service.getSpec().getPortsCount() == 1
          || each.getName().equals(at.port)
          || Integer.toString(each.getPort()).equals(at.port)) {
        port = each;
        break;
      }
    }
    if (port == null) {
      throw new ApiException(
          StatusReason.SERVICE_UNAVAILABLE,
          "no service port \"%s\" found for service \"%s\"".formatted(at.port, at.name));
    }
    InetSocketAddress endpoint = endpoint(target.namespace(), at.name, port.getName());
    if (endpoint == null) {
      throw new ApiException(
          StatusReason.SERVICE_UNAVAILABLE,
          "no endpoints available for service \"" + target.name() + "\"");
    }
    if (redirectedToRoot(request)) {
      return;
    }
    toAddress(request, at.scheme, endpoint.getAddress().getHostAddress(), endpoint.getPort());
  }

  private @Nullable InetSocketAddress endpoint(String namespace, String service, String portName) {
    Target target =
        Target.object(registry.resources().need("", "v1", "endpoints"), namespace, service);
    io.kemudi.kubernetes.core.v1.Endpoints endpoints;
    try {
      endpoints =
          parse(
              io.kemudi.kubernetes.core.v1.Endpoints.parser(),
              registry.get(loopback(), target, "0"));
    } catch (ApiException e) {
      return null;
    }
    for (var subset : endpoints.getSubsetsList()) {
      for (var port : subset.getPortsList()) {
        if (port.getName().equals(portName) && subset.getAddressesCount() > 0) {
          return new InetSocketAddress(subset.getAddresses(0).getIp(), port.getPort());
        }
      }
    }
    return null;
  }

  private static void toAddress(ApiRequest request, String scheme, String ip, int port)
      throws IOException {
    InetAddress address = InetAddress.getByName(ip);
    // the name space of the control plane must not be reachable through a forged status
    // (CVE-2020-8555, CVE-2020-8562): what is dialled is what was checked
    if (address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isAnyLocalAddress()) {
      throw ApiException.badRequest("address not allowed");
    }
    String rest = request.info().rest();
    String path = (rest.isEmpty() ? "/" : rest) + query(request.exchange().query());
    InetSocketAddress to = new InetSocketAddress(address, port);
    try (HttpConnection connection =
        dialled(() ->
            scheme.equals("https")
                ? HttpConnection.dialTls(to, UncheckedTls.context(), null, DIAL)
                : HttpConnection.dial(to, DIAL))) {
      exchange(request.exchange(), connection, path, proxied(request, to));
    }
  }

  /// What of an answer is rewritten on its way to the client.
  private interface Answered {
    Answered UNCHANGED = headers -> headers;

    Headers rewritten(Headers headers);
  }

  private static Answered proxied(ApiRequest request, InetSocketAddress to) {
    String prefix = ProxyLocations.prefix(request.exchange().path(), request.info().rest());
    String host = to.getAddress().getHostAddress() + ":" + to.getPort();
    String clientHost = request.exchange().headers().first("host", "");
    return headers -> {
      Headers answer = new Headers();
      headers.forEach((name, value) ->
          answer.add(
              name,
              name.equalsIgnoreCase("location")
                  ? ProxyLocations.rewritten(value, prefix, host, clientHost)
                  : value));
      return answer;
    };
  }

  private record Destination(InetSocketAddress address, String node) {}

  private void forward(ApiRequest request, Destination to, String path) throws IOException {
    try (HttpConnection connection =
        dialled(() -> HttpConnection.dialTls(to.address, kubeletTls.get(), null, DIAL))) {
      exchange(request.exchange(), connection, path, Answered.UNCHANGED);
    }
  }

  @FunctionalInterface
  private interface Dial {
    HttpConnection dial() throws IOException;
  }

  private static HttpConnection dialled(Dial dial) {
    try {
      return dial.dial();
    } catch (IOException e) {
      throw new ApiException(
          StatusReason.INTERNAL_ERROR,
          "error dialing backend: " + e.getMessage(),
          StatusDetails.of("", "", ""));
    }
  }

  private static void exchange(
      HttpExchange client, HttpConnection server, String target, Answered answered)
      throws IOException {
    boolean upgrade = client.headers().hasToken("connection", "upgrade");
    byte[] body = upgrade ? new byte[0] : client.readBody(MAX_BODY_BYTES);
    // the other side must not see the client's credentials: this server speaks for it now
    Headers headers = passedOn(client.headers(), Set.of("authorization"));
    if (upgrade) {
      headers.add("Connection", "Upgrade");
      headers.add("Upgrade", client.headers().first("upgrade", ""));
    } else {
      headers.add("Connection", "close");
      if (body.length > 0) {
        headers.add("Content-Length", Integer.toString(body.length));
      }
    }
    server.send(client.method(), target, headers);
    server.requestBody().write(body);
    server.requestBody().flush();
    HttpConnection.ResponseHead head = server.receiveHead();
    if (upgrade && head.status() == 101) {
      Headers answer = passedOn(head.headers(), Set.of());
      answer.add("Connection", "Upgrade");
      answer.add("Upgrade", head.headers().first("upgrade", ""));
      splice(client.upgrade(answer), server.upgraded(head));
      return;
    }
    client.onClose(server::close);
    try (InputStream from = server.responseBody(head, client.method());
        ResponseStream to =
            client.respondStreaming(
                head.status(), answered.rewritten(passedOn(head.headers(), Set.of())))) {
      // flushed at every read, as a followed log is only useful at once
      byte[] buffer = new byte[16 * 1024];
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
      }
    }
  }

  /// Copies both ways until one side ends, then closes both.
  private static void splice(RawStream client, RawStream server) {
    try (client;
        server) {
      client.onClose(server::close);
      Thread back =
          Thread.ofVirtual()
              .name("splice")
              .start(() -> {
                copy(client.input(), server.output());
                server.close();
              });
      copy(server.input(), client.output());
      client.close();
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void copy(InputStream from, OutputStream to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
        to.write(buffer, 0, count);
        to.flush();
      }
    } catch (IOException e) {
      log.debug("a spliced stream ended: {}", e.getMessage());
    }
  }

  private static Headers passedOn(Headers headers, Set<String> withheld) {
    Headers passed = new Headers();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!HOP_BY_HOP.contains(lower)
          && !withheld.contains(lower)
          && !lower.startsWith("impersonate-")) {
        passed.add(name, value);
      }
    });
    return passed;
  }

  private Pod pod(Target target) {
    return parse(Pod.parser(), registry.get(loopback(), plain(target, target.name()), ""));
  }

  private static String scheduled(Pod pod) {
    String node = pod.getSpec().getNodeName();
    if (node.isEmpty()) {
      throw ApiException.badRequest(
          "pod " + pod.getMetadata().getName() + " does not have a host assigned");
    }
    return node;
  }

  private Destination node(String name) {
    Target target = Target.object(registry.resources().need("", "v1", "nodes"), "", name);
    Node node = parse(Node.parser(), registry.get(loopback(), target, "0"));
    int port = node.getStatus().getDaemonEndpoints().getKubeletEndpoint().getPort();
    for (String type : ADDRESS_TYPES) {
      for (NodeAddress address : node.getStatus().getAddressesList()) {
        if (address.getType().equals(type) && isUsable(address)) {
          return new Destination(
              new InetSocketAddress(address.getAddress(), port == 0 ? 10250 : port), name);
        }
      }
    }
    throw new ApiException(
        StatusReason.INTERNAL_ERROR, "no preferred addresses found for node \"" + name + "\"");
  }

  /// A host name may be one that only the node itself resolves.
  private static boolean isUsable(NodeAddress address) {
    if (address.getType().endsWith("IP")) {
      return true;
    }
    return !new InetSocketAddress(address.getAddress(), 1).isUnresolved();
  }

  private static String container(Pod pod, String asked, String parameter) {
    List<String> all = new ArrayList<>();
    pod.getSpec().getContainersList().stream().map(Container::getName).forEach(all::add);
    int regular = all.size();
    pod.getSpec().getInitContainersList().stream().map(Container::getName).forEach(all::add);
    pod.getSpec()
        .getEphemeralContainersList()
        .forEach(each -> all.add(each.getEphemeralContainerCommon().getName()));
    String name = pod.getMetadata().getName();
    if (asked.isEmpty()) {
      if (regular == 1) {
        return all.getFirst();
      }
      throw ApiException.badRequest(
          "a container name must be specified for pod %s, choose one of: [%s]"
              .formatted(name, String.join(" ", all.subList(0, regular))));
    }
    if (!all.contains(asked)) {
      throw ApiException.badRequest(
          "%s %s is not valid for pod %s".formatted(parameter, asked, name));
    }
    return asked;
  }

  private static int firstPort(Pod pod) {
    for (Container container : pod.getSpec().getContainersList()) {
      if (container.getPortsCount() > 0) {
        return container.getPorts(0).getContainerPort();
      }
    }
    return 80;
  }

  private static int portNumber(Pod pod, String port) {
    for (Container container : pod.getSpec().getContainersList()) {
      for (var each : container.getPortsList()) {
        if (each.getName().equals(port)) {
          return each.getContainerPort();
        }
      }
    }
    return number(port, "pod");
  }

  private static int number(String port, String of) {
    try {
      int number = Integer.parseInt(port);
      if (number > 0 && number < 65536) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw ApiException.badRequest("no port \"" + port + "\" in the " + of);
  }

  /// `[http:|https:]name[:port]`, as the proxy subresources name their object.
  private record NameAndPort(String scheme, String name, String port) {
    static NameAndPort parse(String text) {
      String[] parts = text.split(":", -1);
      return switch (parts.length) {
        case 1 -> new NameAndPort("http", parts[0], "");
        case 2 -> new NameAndPort("http", parts[0], parts[1]);
        case 3 -> new NameAndPort(scheme(parts[0], text), parts[1], parts[2]);
        default -> throw invalid(text);
      };
    }

    private static String scheme(String said, String text) {
      return switch (said) {
        case "", "http" -> "http";
        case "https" -> "https";
        default -> throw invalid(text);
      };
    }

    private static ApiException invalid(String text) {
      return ApiException.badRequest("invalid proxy request \"" + text + "\"");
    }
  }

  private static RequestContext loopback() {
    return RequestContext.loopback();
  }

  private static Target plain(Target target, String name) {
    return Target.object(target.row(), target.namespace(), name);
  }

  private static <T> T parse(com.google.protobuf.Parser<T> parser, StoredObject object) {
    try {
      return parser.parseFrom(object.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(object.name() + " is unreadable", e);
    }
  }

  private static String encoded(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String query(String query) {
    return query.isEmpty() ? "" : "?" + query;
  }
}
