package io.kemudi.proxy.dataplane;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Services in the kernel, by address translation in one nftables table of our own. TCP, UDP and
/// SCTP over IPv4. The first [#apply] replaces the table as a whole, later ones send differences;
/// each is one transaction. Closing leaves the table in place, and the next process takes over
/// without a moment in between.
public final class NftablesDataplane implements Dataplane {
  private static final Logger LOG = LoggerFactory.getLogger(NftablesDataplane.class);

  /// 10,000 services load in about 1.2 s.
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final int MESSAGE_BYTES = 2000;

  private final NftablesConfig config;
  private final NftablesScript script;
  private @Nullable DesiredRules applied;
  private int reach;

  public NftablesDataplane(NftablesConfig config) {
    this.config = config;
    this.script = new NftablesScript(config);
  }

  /// "" when nftables works here, else why not. For choosing a dataplane.
  public static String problem() {
    try {
      run(List.of("nft", "--check", "-f", "-"), "add table ip kemudi-probe\n");
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// Takes our table away, where there is one: the cluster is gone for good. Stopping a proxy
  /// leaves it, so that Services go on while the next one starts.
  public void remove() throws IOException {
    nft("add table ip %1$s\ndelete table ip %1$s\n".formatted(config.table()));
  }

  @Override
  public String name() {
    return "nftables";
  }

  @Override
  public void apply(DesiredRules desired) throws IOException {
    DesiredRules before = applied;
    if (before == null || NftablesScript.reach(desired) > reach) {
      nft(script.whole(desired));
      reach = NftablesScript.reach(desired);
    } else {
      String difference = script.difference(before, desired);
      if (difference.isEmpty() && isTableThere()) {
        return;
      }
      try {
        if (difference.isEmpty()) {
          throw new IOException("it is gone");
        }
        nft(difference);
      } catch (IOException e) {
        LOG.warn("the table is not what we left, it is replaced: {}", e.getMessage());
        nft(script.whole(desired));
        reach = NftablesScript.reach(desired);
      }
      forgetLostFlows(before, desired);
    }
    applied = desired;
  }

  /// Somebody may have flushed the ruleset. Lists one small chain, never a map: those grow.
  private boolean isTableThere() {
    try {
      run(inNode(List.of("nft", "list", "chain", "ip", config.table(), "service")), "");
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void nft(String text) throws IOException {
    run(inNode(List.of("nft", "-f", "-")), text);
  }

  /// A UDP flow has no end, so the kernel would go on sending it to a backend that is gone.
  private void forgetLostFlows(DesiredRules before, DesiredRules after) {
    for (Map.Entry<Frontend, Rule> entry : before.rules().entrySet()) {
      Frontend frontend = entry.getKey();
      if (frontend.protocol() == Protocol.TCP) {
        continue;
      }
      Set<Backend> lost = new HashSet<>(entry.getValue().backends());
      Rule now = after.rules().get(frontend);
      if (now != null) {
        now.backends().forEach(lost::remove);
      }
      for (Backend backend : lost) {
        forgetFlow(frontend, backend);
      }
    }
  }

  private void forgetFlow(Frontend frontend, Backend backend) {
    List<String> command = new ArrayList<>(List.of("conntrack", "-D", "-p"));
    command.add(frontend.protocol().lowerCase());
    if (frontend instanceof Frontend.Address address) {
      command.addAll(List.of("--orig-dst", address.ip()));
    }
    command.addAll(List.of("--orig-port-dst", String.valueOf(frontend.port())));
    command.addAll(List.of("--dst-nat", backend.ip()));
    try {
      run(inNode(command), "");
    } catch (IOException e) {
      // conntrack ends with 1 when there was no such flow; without the program flows time out
      LOG.debug("{}", e.getMessage());
    }
  }

  private List<String> inNode(List<String> command) {
    List<String> all = new ArrayList<>();
    config.nodeNamespace().ifPresent(ns -> all.addAll(List.of("nsenter", "--net=" + ns)));
    all.addAll(command);
    return all;
  }

  private static void run(List<String> command, String input) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    Thread reader = Thread.ofVirtual().start(() -> collect(process.getInputStream(), said));
    try {
      try (OutputStream in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // it ended before it read everything: its exit code tells why
      }
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            command.getFirst() + " did not end within " + LIMIT.toSeconds() + " s");
      }
      reader.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    }
    if (process.exitValue() != 0) {
      synchronized (said) {
        throw new IOException(
            String.join(" ", command) + ": " + said.toString(StandardCharsets.UTF_8).strip());
      }
    }
  }

  private static void collect(InputStream from, ByteArrayOutputStream said) {
    byte[] buffer = new byte[4096];
    try (from) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        synchronized (said) {
          said.write(buffer, 0, Math.min(n, MESSAGE_BYTES - said.size()));
        }
      }
    } catch (IOException e) {
      // killed
    }
  }

  @Override
  public void close() {}
}
