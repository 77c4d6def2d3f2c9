package io.kemudi.apiserver.registry;

/// One object as it is answered and cached: the bytes of its message with
/// `metadata.resourceVersion` inside, without apiVersion and kind and without an envelope ([#form]
/// says what they are). Immutable; nobody changes the array.
///
/// `revision` is the resourceVersion as a number; for a `Status` that of the write it reports, 0
/// for none.
///
/// @param stale what is stored is not quite this: it lacked defaults, so that the next write stores
///   it anew even if it changes nothing
public record StoredObject(
    ObjectForm form, String namespace, String name, byte[] bytes, long revision, boolean stale) {
  public StoredObject(ObjectForm form, String namespace, String name, byte[] bytes, long revision) {
    this(form, namespace, name, bytes, revision, false);
  }
}
