package io.kemudi.scheduler;

import com.google.protobuf.Message;
import io.kemudi.client.informer.EventHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// Brings what informers say to the scheduling thread: per object only the newest, so that it holds
/// no more entries than there are objects. Filled by any thread, drained by one.
final class ChangeInbox {
  private final Runnable wake;
  private Map<String, Runnable> changes =
      new LinkedHashMap<>(); // uid -> what to do; guarded by this

  /// `wake` is called when something came in.
  ChangeInbox(Runnable wake) {
    this.wake = wake;
  }

  /// A handler that has `is` or `isGone` called on the scheduling thread. An object that is changed
  /// and then deleted is only seen deleted.
  <T extends Message> EventHandler<T> handler(
      Function<T, String> uid, Consumer<T> is, Consumer<T> isGone) {
    return new EventHandler<>() {
      @Override
      public void onAdd(T object) {
        put(uid.apply(object), () -> is.accept(object));
      }

      @Override
      public void onUpdate(T before, T after) {
        put(uid.apply(after), () -> is.accept(after));
      }

      @Override
      public void onDelete(T object) {
        put(uid.apply(object), () -> isGone.accept(object));
      }
    };
  }

  private void put(String uid, Runnable change) {
    synchronized (this) {
      // Newest last: a node deleted and made anew under its name must come in this order.
      changes.remove(uid);
      changes.put(uid, change);
    }
    wake.run();
  }

  /// Carries out what has come in.
  ///
  /// @return whether there was anything
  boolean drain() {
    List<Runnable> all;
    synchronized (this) {
      if (changes.isEmpty()) {
        return false;
      }
      all = new ArrayList<>(changes.values());
      changes = new LinkedHashMap<>();
    }
    all.forEach(Runnable::run);
    return true;
  }
}
