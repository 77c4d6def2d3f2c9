package io.kemudi.client.informer;

/// Told of changes after the [Lister] shows them, one at a time, in order per object. Several
/// changes of an object may come as one; an object that was deleted and made anew between two looks
/// comes as `onDelete` and `onAdd` (its uid differs). Must not block: put a key on a queue.
public interface EventHandler<T> {
  void onAdd(T object);

  void onUpdate(T before, T after);

  void onDelete(T object);
}
