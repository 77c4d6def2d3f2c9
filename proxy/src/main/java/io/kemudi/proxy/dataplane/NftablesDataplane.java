package io.kemudi.proxy.dataplane;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Services in the kernel, by address translation in nftables tables of our own. TCP, UDP and SCTP,
/// over IPv4 and, where the cluster has ranges of it, over IPv6 (a table each). [#apply] replaces
/// the tables as a whole, [#change] sends the elements that it touches; each is one transaction.
/// Closing leaves the tables in place, and the next process takes over without a moment in between.
public final class NftablesDataplane implements Dataplane {
  private static final Logger LOG = LoggerFactory.getLogger(NftablesDataplane.class);

  /// 10,000 services load in about 1.2 s.
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final int MESSAGE_BYTES = 2000;

  private final NftablesConfig config;
  private final Map<IpFamily, NftablesScript> scripts = new EnumMap<>(IpFamily.class);
  private final RuleState state = new RuleState();
  private int reach;

  public NftablesDataplane(NftablesConfig config) {
    this.config = config;
    config
        .ranges()
        .forEach((family, ranges) ->
            scripts.put(family, new NftablesScript(config.table(), family, ranges)));
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

  /// Takes our tables away, where there are any: the cluster is gone for good. Stopping a proxy
  /// leaves them, so that Services go on while the next one starts.
  public void remove() throws IOException {
    remove(IpFamily.IPV4);
    try {
      remove(IpFamily.IPV6);
    } catch (IOException e) {
      LOG.debug("a kernel without IPv6: {}", e.getMessage());
    }
  }

  private void remove(IpFamily family) throws IOException {
    nft(
        "add table %1$s %2$s\ndelete table %1$s %2$s\n"
            .formatted(family.keyword(), config.table()));
  }

  @Override
  public String name() {
    return "nftables";
  }

  @Override
  public void apply(DesiredRules desired) throws IOException {
    int reaches = NftablesScript.reach(desired);
    nft(joined(script -> script.whole(desired, reaches)));
    reach = reaches;
    DesiredRules before = state.all();
    state.replace(desired);
    forgetLostFlows(before, desired);
  }

  @Override
  public void change(RulesChange change) throws IOException {
    DesiredRules before = state.before(change);
    DesiredRules after = RuleState.after(change);
    if (NftablesScript.reach(after) > reach) {
      apply(state.all(change));
      return;
    }
    String difference = joined(script -> script.difference(before, after));
    try {
      if (!difference.isEmpty()) {
        nft(difference);
      }
    } catch (IOException e) {
      LOG.warn(
          "the table is not what we left, it is replaced: {}",
          String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      apply(state.all(change));
      return;
    }
    state.commit(change);
    forgetLostFlows(before, after);
  }

  /// One text, so that all families change in one transaction.
  private String joined(Function<NftablesScript, String> text) {
    return scripts.values().stream().map(text).collect(Collectors.joining());
  }

  /// Somebody may have flushed the ruleset. Lists one small chain, never a map: those grow.
  @Override
  public boolean intact() {
    try {
      for (IpFamily family : scripts.keySet()) {
        run(
            inNode(List.of("nft", "list", "chain", family.keyword(), config.table(), "service")),
            "");
      }
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
    List<String> command = new ArrayList<>(List.of("conntrack", "-D", "-f"));
    command.add(frontend.family().name().toLowerCase(Locale.ROOT));
    command.addAll(List.of("-p", frontend.protocol().lowerCase()));
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
