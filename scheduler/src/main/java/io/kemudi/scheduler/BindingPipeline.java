package io.kemudi.scheduler;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.Outcome;
import io.kemudi.scheduler.framework.BindPlugin;
import io.kemudi.scheduler.framework.FilterResult;
import io.kemudi.scheduler.framework.Plugins;
import io.kemudi.scheduler.framework.PodInfo;
import io.kemudi.scheduler.framework.PreBindPlugin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries decisions to the server beside the scheduling thread: all that have piled up while the
/// last batch was under way go in the next. At most [#CAPACITY] decisions are under way; then the
/// scheduler waits.
///
/// [#bindNext] is the body of the binding threads; a simulation calls it itself.
final class BindingPipeline {
  private static final Logger log = LoggerFactory.getLogger(BindingPipeline.class);
  static final int CAPACITY = 4096;
  static final int BATCH_SIZE = 256;

  private final BlockingQueue<Decided> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final LinkedBlockingQueue<Ended> ended = new LinkedBlockingQueue<>(); // <= CAPACITY
  private final AtomicInteger underWay = new AtomicInteger();
  private final List<PreBindPlugin> preBinds;
  private final BindPlugin bind;
  private final Runnable wake;

  /// How a binding ended; `failure` null is well.
  record Ended(Decided decided, @Nullable String failure) {}

  /// `wake` is called on a binding thread when there is something to [#poll].
  BindingPipeline(Plugins plugins, Runnable wake) {
    this.preBinds = plugins.at(PreBindPlugin.class);
    this.bind = plugins.at(BindPlugin.class).getFirst();
    this.wake = wake;
  }

  boolean full() {
    return underWay.get() >= CAPACITY;
  }

  /// The caller has seen that it is not [#full].
  void submit(Decided decided) {
    underWay.incrementAndGet();
    waiting.add(decided);
  }

  @Nullable Ended poll() {
    Ended next = ended.poll();
    if (next != null) {
      underWay.decrementAndGet();
    }
    return next;
  }

  /// Waits for decisions and binds them; the loop of a binding thread.
  void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        bind(waiting.take());
      }
    } catch (InterruptedException e) {
      log.debug("binding stopped");
    }
  }

  /// Binds what waits now.
  ///
  /// @return whether there was anything
  boolean bindNext() {
    Decided first = waiting.poll();
    if (first == null) {
      return false;
    }
    bind(first);
    return true;
  }

  private void bind(Decided first) {
    List<Decided> batch = new ArrayList<>();
    batch.add(first);
    waiting.drainTo(batch, BATCH_SIZE - 1);
    List<Decided> prepared = new ArrayList<>();
    for (Decided decided : batch) {
      String refused = preBind(decided);
      if (refused == null) {
        prepared.add(decided);
      } else {
        ended.add(new Ended(decided, refused));
      }
    }
    List<Outcome<Binding>> outcomes = outcomes(prepared);
    for (int i = 0; i < prepared.size(); i++) {
      ended.add(new Ended(prepared.get(i), failure(outcomes.get(i))));
    }
    wake.run();
  }

  private @Nullable String preBind(Decided decided) {
    for (PreBindPlugin plugin : preBinds) {
      FilterResult result = plugin.preBind(decided.queued().pod(), decided.node());
      switch (result) {
        case FilterResult.Fits() -> {}
        case FilterResult.Unschedulable(List<String> reasons) -> {
          return plugin.name() + ": " + String.join(", ", reasons);
        }
        case FilterResult.UnschedulableAndUnresolvable(List<String> reasons) -> {
          return plugin.name() + ": " + String.join(", ", reasons);
        }
      }
    }
    return null;
  }

  private List<Outcome<Binding>> outcomes(List<Decided> batch) {
    List<Binding> bindings = batch.stream().map(BindingPipeline::binding).toList();
    try {
      return bind.bind(bindings);
    } catch (ApiException e) {
      return bindings.stream().<Outcome<Binding>>map(_ -> new Outcome.Refused<>(e)).toList();
    } catch (RuntimeException e) {
      log.error("binding {} pods failed", bindings.size(), e);
      var why = new ApiException(StatusReason.INTERNAL_ERROR, "binding failed: " + e);
      return bindings.stream().<Outcome<Binding>>map(_ -> new Outcome.Refused<>(why)).toList();
    }
  }

  private static Binding binding(Decided decided) {
    PodInfo pod = decided.queued().pod();
    return new Binding(pod.key().namespace(), pod.key().name(), pod.uid(), decided.node());
  }

  private static @Nullable String failure(Outcome<Binding> outcome) {
    return switch (outcome) {
      case Outcome.Done<Binding> _ -> null;
      case Outcome.Refused<Binding>(ApiException why) -> why.text();
    };
  }
}
