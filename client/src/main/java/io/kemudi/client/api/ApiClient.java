package io.kemudi.client.api;

import com.google.protobuf.Message;
import io.kemudi.apimachinery.resource.ResourceType;
import java.util.List;

/// Reads and writes the objects of an API server. Two transports: `GrpcApiClient` (ours, over the
/// network or in process) and `RestApiClient` (any Kubernetes API server; batches become single
/// calls).
///
/// Calls block; use virtual threads. Every call has a time limit. A refusal is an [ApiException]
/// with the server's reason; a server that cannot be reached is one with reason
/// `SERVICE_UNAVAILABLE`. Thread-safe.
///
/// Objects are protobuf messages: immutable, with `metadata.resourceVersion` set. `namespace` is ""
/// for resources without namespaces and, in lists and watches, for all namespaces.
public interface ApiClient extends AutoCloseable {
  <T extends Message> T get(ResourceType<T> type, String namespace, String name);

  /// One consistent snapshot, whatever its size (pages are fetched behind the scenes).
  <T extends Message> ObjectList<T> list(ResourceType<T> type, ListOptions options);

  <T extends Message> T create(ResourceType<T> type, T object, WriteOptions options);

  /// Replaces the object. With `metadata.resourceVersion` set it must still be the latest
  /// (`CONFLICT` otherwise).
  <T extends Message> T update(ResourceType<T> type, T object, WriteOptions options);

  /// As [#update], for a subresource with the same message, such as `status`.
  <T extends Message> T updateSubresource(
      ResourceType<T> type, String subresource, T object, WriteOptions options);

  /// Creates `body` at a subresource of the object that `type`, `namespace` and `name` tell, such
  /// as a TokenRequest at `serviceaccounts/NAME/token`, and returns what the server made of it.
  <T extends Message, B extends Message> B createSubresource(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      ResourceType<B> bodyType,
      B body,
      WriteOptions options);

  /// Applies a patch to the object, or to its `subresource` when that is not "".
  <T extends Message> T patch(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      Patch patch,
      WriteOptions options);

  /// Begins the deletion (it may end later: grace, finalizers).
  ///
  /// @return the revision of the write, which a watch has passed once it has seen it; "" when the
  ///   server does not tell
  String delete(ResourceType<?> type, String namespace, String name, DeleteOptions options);

  void deleteCollection(ResourceType<?> type, ListOptions selection, DeleteOptions options);

  /// N independent creates, answered in order; one call over gRPC.
  <T extends Message> List<Outcome<T>> createAll(
      ResourceType<T> type, List<T> objects, WriteOptions options);

  /// N independent bindings of pods to nodes, answered in order; one call over gRPC.
  List<Outcome<Binding>> bindPods(List<Binding> bindings);

  /// Events after a revision, or the current objects followed by events. See [ApiWatch].
  <T extends Message> ApiWatch<T> watch(ResourceType<T> type, WatchOptions options);

  /// The server's `gitVersion`.
  String serverVersion();

  @Override
  void close();
}
