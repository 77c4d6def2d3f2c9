package io.kemudi.client.leader;

import static io.kemudi.apimachinery.resource.ResourceTypes.LEASES;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.kubernetes.coordination.v1.Lease;
import io.kemudi.kubernetes.coordination.v1.LeaseSpec;
import io.kemudi.kubernetes.meta.v1.MicroTime;
import io.kemudi.lifecycle.Component;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes sure that of all processes with the same [LeaderElection] at most one leads, as long as
/// their clocks run at about the same speed: the times written into the Lease are for people, what
/// counts is how long this process has seen the Lease unchanged.
///
/// One virtual thread tries; [#tick] is its loop body. `onStarted` and `onStopped` run on that
/// thread and must hand their work on. A leader that cannot renew stops leading *before* anyone
/// else may begin. [#close] gives the Lease up, so that another need not wait for it.
public final class LeaderElector implements Component {
  private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);

  private final ApiClient client;
  private final LeaderElection election;
  private final Runnable onStarted;
  private final Runnable onStopped;
  private final Timers timers;
  private final RandomGenerator random;

  // Used by the one thread that ticks.
  private @Nullable Lease observed;
  private long observedNs; // when the Lease was last seen to change
  private long renewedNs;

  private volatile boolean leading;
  private volatile boolean closed;
  private @Nullable Thread thread;

  public LeaderElector(
      ApiClient client,
      LeaderElection election,
      Runnable onStarted,
      Runnable onStopped,
      Timers timers,
      RandomGenerator random) {
    this.client = client;
    this.election = election;
    this.onStarted = onStarted;
    this.onStopped = onStopped;
    this.timers = timers;
    this.random = random;
  }

  @Override
  public String name() {
    return "leader-election-" + election.name();
  }

  @Override
  public synchronized void start() {
    thread = Thread.ofVirtual().name(name()).start(this::run);
  }

  public boolean leading() {
    return leading;
  }

  /// A process that waits for its turn is well.
  @Override
  public boolean ready() {
    return !closed;
  }

  private void run() {
    try {
      while (!closed) {
        timers.sleep(tick());
      }
    } catch (InterruptedException e) {
      log.debug("{}: interrupted", name());
    } finally {
      release();
    }
  }

  /// Tries once to get or to keep the lead.
  ///
  /// @return when to try again
  public Duration tick() {
    long triedNs = timers.nanoTime();
    if (tryToHold()) {
      renewedNs = triedNs;
      lead();
    } else if (leading && timers.nanoTime() - renewedNs >= election.renewDeadline().toNanos()) {
      log.warn("{}: could not renew for {}; leading no more", name(), election.renewDeadline());
      follow();
    }
    return leading ? untilNextRenewal() : jittered(election.retryPeriod());
  }

  /// Never sleeps past the renewal deadline.
  private Duration untilNextRenewal() {
    long leftNs = renewedNs + election.renewDeadline().toNanos() - timers.nanoTime();
    return Duration.ofNanos(Math.clamp(leftNs, 0, election.retryPeriod().toNanos()));
  }

  /// Up to 1.2 times more, so that candidates do not try in step.
  private Duration jittered(Duration period) {
    return period.plusNanos(random.nextLong(period.toNanos() * 12 / 10));
  }

  private void lead() {
    if (!leading) {
      leading = true;
      log.info("{}: {} leads now", name(), election.identity());
      onStarted.run();
    }
  }

  private void follow() {
    if (leading) {
      leading = false;
      onStopped.run();
    }
  }

  private boolean tryToHold() {
    try {
      Lease current = read();
      if (current == null) {
        observe(client.create(LEASES, lease(spec(null)), WriteOptions.NONE));
        return true;
      }
      observe(current);
      if (heldByAnother(current)) {
        return false;
      }
      Lease.Builder mine = current.toBuilder().setSpec(spec(current.getSpec()));
      observe(client.update(LEASES, mine.build(), WriteOptions.NONE));
      return true;
    } catch (ApiException e) {
      log.info("{}: lease not held: {}", name(), e.text());
      return false;
    }
  }

  private @Nullable Lease read() {
    try {
      return client.get(LEASES, election.namespace(), election.name());
    } catch (ApiException e) {
      if (e.is(StatusReason.NOT_FOUND)) {
        return null;
      }
      throw e;
    }
  }

  private void observe(Lease lease) {
    Lease known = observed;
    if (known == null || !known.getSpec().equals(lease.getSpec())) {
      observed = lease;
      observedNs = timers.nanoTime();
    }
  }

  private boolean heldByAnother(Lease lease) {
    String holder = lease.getSpec().getHolderIdentity();
    boolean live = timers.nanoTime() - observedNs < election.leaseDuration().toNanos();
    return !holder.isEmpty() && !holder.equals(election.identity()) && live;
  }

  private Lease lease(LeaseSpec spec) {
    Lease.Builder lease = Lease.newBuilder().setSpec(spec);
    lease.getMetadataBuilder().setNamespace(election.namespace()).setName(election.name());
    return lease.build();
  }

  private LeaseSpec spec(@Nullable LeaseSpec before) {
    LeaseSpec.Builder spec = before == null ? LeaseSpec.newBuilder() : before.toBuilder();
    MicroTime now = microTime(timers.instant());
    boolean kept = before != null && election.identity().equals(before.getHolderIdentity());
    if (!kept) {
      spec.setAcquireTime(now);
      spec.setLeaseTransitions(before == null ? 0 : before.getLeaseTransitions() + 1);
    }
    return spec.setHolderIdentity(election.identity())
        .setLeaseDurationSeconds((int) election.leaseDuration().toSeconds())
        .setRenewTime(now)
        .build();
  }

  private static MicroTime microTime(Instant instant) {
    return MicroTime.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano() / 1000 * 1000)
        .build();
  }

  /// As upstream: an empty holder and a duration of one second.
  private void release() {
    Lease last = observed;
    boolean wasLeading = leading;
    follow();
    if (!wasLeading || last == null) {
      return;
    }
    MicroTime now = microTime(timers.instant());
    Lease.Builder free = last.toBuilder();
    free.getSpecBuilder()
        .setHolderIdentity("")
        .setLeaseDurationSeconds(1)
        .setRenewTime(now)
        .setAcquireTime(now);
    try {
      client.update(LEASES, free.build(), WriteOptions.NONE);
    } catch (ApiException e) {
      log.info("{}: lease not released: {}", name(), e.text());
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread running;
    synchronized (this) {
      running = thread;
    }
    if (running == null) {
      release();
      return;
    }
    running.interrupt();
    try {
      if (!running.join(election.retryPeriod())) {
        log.warn("{}: did not stop within {}", name(), election.retryPeriod());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
