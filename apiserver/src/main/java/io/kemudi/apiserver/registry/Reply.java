package io.kemudi.apiserver.registry;

/// The answer to a write: an object (of the target's kind, or what the subresource answers, such as
/// a `Status` or a `Scale`: see [StoredObject#form]) and the HTTP code it travels under.
public record Reply(StoredObject object, int code) {
  public static Reply ok(StoredObject object) {
    return new Reply(object, 200);
  }

  public static Reply created(StoredObject object) {
    return new Reply(object, 201);
  }
}
