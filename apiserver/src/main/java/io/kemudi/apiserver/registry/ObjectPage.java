package io.kemudi.apiserver.registry;

import java.util.Iterator;

/// One page of a list: its metadata, and the objects in the order of their keys. The objects are
/// those of one revision however slowly they are read; nothing is locked meanwhile. Iterate once.
public interface ObjectPage extends Iterable<StoredObject> {
  /// The form of the items (the list's kind is the row's `listKind`).
  ObjectForm itemForm();

  /// For `metadata.resourceVersion`.
  long revision();

  /// The items of this page.
  int size();

  /// For `metadata.continue`; "" on the last page.
  String continueToken();

  /// For `metadata.remainingItemCount`; -1 when it is not told.
  long remaining();

  @Override
  Iterator<StoredObject> iterator();
}
