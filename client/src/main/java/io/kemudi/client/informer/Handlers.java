package io.kemudi.client.informer;

import java.util.function.Consumer;

/// Usual forms of [EventHandler].
public final class Handlers {
  private Handlers() {}

  /// Tells of every object that was added, changed (its new form) or deleted: enough for whoever
  /// only puts keys on a queue.
  public static <T> EventHandler<T> each(Consumer<T> consumer) {
    return new EventHandler<>() {
      @Override
      public void onAdd(T object) {
        consumer.accept(object);
      }

      @Override
      public void onUpdate(T before, T after) {
        consumer.accept(after);
      }

      @Override
      public void onDelete(T object) {
        consumer.accept(object);
      }
    };
  }
}
