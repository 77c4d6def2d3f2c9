package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.errors.ApiException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Every resource of the API, by one generic path. Both fronts (REST and gRPC) and the server's own
/// loops work through it; the caller has authenticated and authorized the request.
///
/// Calls block (use virtual threads), have a time limit, and refuse with an
/// [io.kemudi.apimachinery.errors.ApiException] in upstream's words. Thread-safe.
///
/// Objects are answered in the version of the target's row, with `metadata.resourceVersion` inside.
public interface Registry {
  /// The resources served now.
  ResourceTable resources();

  /// Changes the table, for resources that come and go (custom, aggregated). Changes are applied
  /// one after the other.
  void changeResources(UnaryOperator<ResourceTable> change);

  /// One object, or its `status` or `scale`. `resourceVersion` "" is consistent (sees every write
  /// acknowledged before the call began), "0" whatever the cache has, another one waits until the
  /// cache is at least as new.
  StoredObject get(RequestContext context, Target target, String resourceVersion);

  /// The objects of a collection that the options select. See [ObjectPage].
  ObjectPage list(RequestContext context, Target target, ListOptions options);

  /// The events of a collection, or of one object when the target is named.
  ObjectWatch watch(RequestContext context, Target target, WatchOptions options);

  /// Creates an object in the collection (the target's name may be ""), or what a subresource
  /// creates: `pods/binding`, `pods/eviction`, those given to [#handle].
  Reply create(RequestContext context, Target target, Body body, WriteOptions options);

  /// Replaces an object or a subresource of it. Without a resourceVersion in the body, what is
  /// there is replaced whatever it is, where the kind allows that.
  Reply update(RequestContext context, Target target, Body body, WriteOptions options);

  /// Changes an object or a subresource of it; an apply creates it when it is missing.
  Reply patch(RequestContext context, Target target, Patch patch, WriteOptions options);

  /// Deletes an object, at once or by marking it for those who have to let go first. Answers a
  /// `Status`, or the object where upstream does.
  Reply delete(RequestContext context, Target target, DeleteOptions options);

  /// Deletes what the list options select; answers what was selected.
  ObjectPage deleteCollection(
      RequestContext context, Target target, ListOptions selection, DeleteOptions options);

  /// Does all writes under one revision or none: at most 100 of different objects, 1 MiB in all.
  /// With dry runs only, each is tried by itself and nothing is written.
  Outcome transact(RequestContext context, List<Operation> operations);

  /// How a transaction ended, with one entry per operation, in order.
  sealed interface Outcome {
    /// Everything was written under `revision` (0: by a dry run, so nothing).
    record Done(long revision, List<Reply> answers) implements Outcome {}

    /// Nothing was written; null stands for an operation that was not to blame.
    record Refused(List<@Nullable ApiException> refusals) implements Outcome {}

    /// The replies.
    ///
    /// @throws ApiException the first refusal
    default List<Reply> orThrow() {
      return switch (this) {
        case Done(long _, List<Reply> all) -> all;
        case Refused(List<@Nullable ApiException> refusals) -> {
          for (ApiException refusal : refusals) {
            if (refusal != null) {
              throw refusal;
            }
          }
          throw new IllegalStateException("a transaction refused for nothing");
        }
      };
    }
  }

  /// One write of a transaction.
  sealed interface Operation {
    record Create(Target target, Body body, WriteOptions options) implements Operation {}

    record Update(Target target, Body body, WriteOptions options) implements Operation {}

    record Change(Target target, Patch patch, WriteOptions options) implements Operation {}

    record Delete(Target target, DeleteOptions options) implements Operation {}
  }

  /// Gives a subresource that only creates, such as `serviceaccounts/token`, to someone who knows
  /// how.
  void handle(String group, String resource, String subresource, SubresourceHandler handler);

  /// Answers `create` on one subresource.
  @FunctionalInterface
  interface SubresourceHandler {
    Reply create(RequestContext context, Target target, Body body, WriteOptions options);
  }
}
