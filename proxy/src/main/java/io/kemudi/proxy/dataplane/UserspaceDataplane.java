package io.kemudi.proxy.dataplane;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Services without any privilege: this process listens and copies bytes. It is for machines where
/// nftables is not allowed, and it can do less:
///
/// - node ports work, over TCP, on all addresses of the node
/// - a cluster IP works only where this machine already owns it (an alias on a loopback device that
///   somebody with the right made); where it does not, nothing listens there, and this is logged
///   once
/// - UDP, SCTP and IPv6 are not forwarded, and logged once
/// - backends see this node as the client; a client is bound to a backend by the hash of its
///   address
/// - closing ends all listening and all connections
public final class UserspaceDataplane implements Dataplane {
  private static final Logger LOG = LoggerFactory.getLogger(UserspaceDataplane.class);

  /// Connections at a time, over all services; more wait to be accepted. Semi-arbitrary.
  private static final int MAX_CONNECTIONS = 4096;

  private static final int BUFFER_BYTES = 32 * 1024;
  private static final int CONNECT_LIMIT_MS = 5_000;

  private final Map<Frontend, Listener> listeners = new HashMap<>();
  private final Map<Frontend, String> refused = new ConcurrentHashMap<>();
  private final Semaphore connections = new Semaphore(MAX_CONNECTIONS);

  @Override
  public String name() {
    return "userspace";
  }

  @Override
  public synchronized void apply(DesiredRules desired) {
    listeners.entrySet().removeIf(l -> closeUnless(desired.rules().containsKey(l.getKey()), l));
    desired.rules().forEach(this::listen);
  }

  @Override
  public synchronized void change(RulesChange change) {
    for (Frontend frontend : change.removed()) {
      Listener listener = listeners.remove(frontend);
      if (listener != null) {
        listener.close();
      }
    }
    change.put().forEach(this::listen);
  }

  @Override
  public boolean intact() {
    return true; // nobody else closes our ports
  }

  private static boolean closeUnless(boolean wanted, Map.Entry<Frontend, Listener> listener) {
    if (!wanted) {
      listener.getValue().close();
    }
    return !wanted;
  }

  private void listen(Frontend frontend, Rule rule) {
    Listener listener = listeners.get(frontend);
    if (listener != null) {
      listener.rule = rule;
      return;
    }
    try {
      if (frontend.protocol() != Protocol.TCP) {
        throw new IOException("only TCP is forwarded in user space");
      }
      if (frontend.family() != IpFamily.IPV4) {
        throw new IOException("only IPv4 is forwarded in user space");
      }
      InetAddress address =
          switch (frontend) {
            case Frontend.Address(String ip, Protocol _, int _) -> InetAddress.getByName(ip);
            case Frontend.NodePort _ -> InetAddress.getByName("0.0.0.0");
          };
      ServerSocketChannel server = ServerSocketChannel.open();
      try {
        server.bind(new InetSocketAddress(address, frontend.port()), 1024);
      } catch (IOException e) {
        server.close();
        throw e;
      }
      Listener opened = new Listener(server, rule);
      listeners.put(frontend, opened);
      refused.remove(frontend);
      Thread.ofVirtual().name("proxy-" + frontend.port()).start(opened::run);
    } catch (IOException e) {
      if (refused.put(frontend, String.valueOf(e.getMessage())) == null) {
        LOG.warn("{} is not served: {}", frontend, e.getMessage());
      }
    }
  }

  /// What is not served, and why.
  public Map<Frontend, String> refused() {
    return Map.copyOf(refused);
  }

  @Override
  public synchronized void close() {
    listeners.values().forEach(Listener::close);
    listeners.clear();
  }

  /// One open port.
  private final class Listener {
    private final ServerSocketChannel server;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<SocketChannel, Boolean> open = new ConcurrentHashMap<>();
    private volatile Rule rule;

    Listener(ServerSocketChannel server, Rule rule) {
      this.server = server;
      this.rule = rule;
    }

    void run() {
      try {
        while (true) {
          connections.acquire();
          SocketChannel client;
          try {
            client = server.accept();
          } catch (IOException e) {
            connections.release();
            return; // closed
          }
          Thread.ofVirtual().start(() -> serve(client));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void serve(SocketChannel client) {
      open.put(client, true);
      try (client;
          SocketChannel backend = SocketChannel.open()) {
        open.put(backend, true);
        List<Backend> backends = rule.backends();
        if (backends.isEmpty()) {
          reset(client);
          return;
        }
        int index =
            rule.sticky()
                ? ((InetSocketAddress) client.getRemoteAddress()).getAddress().hashCode()
                : turn.getAndIncrement();
        Backend chosen = backends.get(Math.floorMod(index, backends.size()));
        backend
            .socket()
            .connect(new InetSocketAddress(chosen.ip(), chosen.port()), CONNECT_LIMIT_MS);
        Thread back = Thread.ofVirtual().start(() -> copy(backend, client));
        copy(client, backend);
        back.join();
        open.remove(backend);
      } catch (IOException e) {
        LOG.debug("a connection ended: {}", e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        open.remove(client);
        connections.release();
      }
    }

    /// The client sees a refusal rather than an orderly end.
    private static void reset(SocketChannel client) throws IOException {
      client.socket().setSoLinger(true, 0);
    }

    private static void copy(SocketChannel from, SocketChannel to) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      try {
        while (from.read(buffer) >= 0) {
          buffer.flip();
          while (buffer.hasRemaining()) {
            to.write(buffer);
          }
          buffer.clear();
        }
        to.shutdownOutput();
      } catch (IOException e) {
        // either side is gone: the other copy notices
      }
    }

    void close() {
      try {
        server.close();
        for (SocketChannel channel : open.keySet()) {
          channel.close();
        }
      } catch (IOException e) {
        LOG.debug("closing {}: {}", server, e.toString());
      }
    }
  }
}
