package io.kemudi.apiserver.registry;

import io.kemudi.apimachinery.apply.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Resources in the versions that they are served in, for those who look at objects from outside:
/// webhooks, policies and their parameters. Trees are the caller's to change.
public interface ObjectForms {
  /// The rows through which the objects of this row can be written too, the row itself first.
  List<ResourceRow> equivalents(ResourceRow row);

  /// The row of a kind; null when it is not served.
  @Nullable ResourceRow ofKind(String apiVersion, String kind);

  /// What the object of a write is: that of the row, or of a subresource with a form of its own.
  ObjectForm form(Target target);

  /// Whether the object of a write is the stored object itself (also for `status` and its like).
  boolean isWhole(Target target);

  /// An admitted tree (of the stored version) as clients see it in the target's version, with the
  /// revision it has; 0 for none.
  Map<String, @Nullable Object> shown(
      Target target, Map<String, @Nullable Object> tree, long revision);

  /// What somebody outside made of [#shown], as an admitted tree, with known fields of the right
  /// types only, and defaulted. `tree` is what was shown; it is left alone.
  ///
  /// @throws io.kemudi.apimachinery.errors.ApiException BadRequest when it is no such object
  Map<String, @Nullable Object> admitted(
      Target target, Map<String, @Nullable Object> shown, Map<String, @Nullable Object> tree);

  /// What may be merged of an object in the target's form.
  Topology topology(Target target);

  /// Something that is the same object as long as the resource (`pods`, `roles.rbac...`) is
  /// unchanged in the cache, which shows at least what this server has written.
  Object state(String resource);

  /// What the cache holds, as trees of the row's version.
  @Nullable Map<String, @Nullable Object> get(ResourceRow row, String namespace, String name);

  /// All objects of a row, or those in one namespace, as trees of the row's version.
  List<Map<String, @Nullable Object>> list(ResourceRow row, String namespace);
}
