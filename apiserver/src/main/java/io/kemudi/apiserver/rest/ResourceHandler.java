package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.kinds.ResourceInfo;
import io.kemudi.apiserver.registry.CustomVersion;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.Reply;
import io.kemudi.apiserver.registry.ResourceRow;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WatchOptions;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.apiserver.server.QueryParameters;
import io.kemudi.apiserver.server.RequestInfo;
import io.kemudi.apiserver.table.Tables;
import io.kemudi.http.HttpExchange;
import io.kemudi.http.ResponseStream;
import io.kemudi.http.WebSocket;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// The verbs of the API on resources. The caller has authenticated and authorized the request.
public final class ResourceHandler {
  /// As upstream: a watch that names no timeout ends after 30 to 60 minutes.
  private static final Duration MIN_WATCH = Duration.ofMinutes(30);

  /// As upstream: this long before a watch's time is over comes its last bookmark.
  private static final Duration LAST_BOOKMARK = Duration.ofSeconds(2);

  /// Core resources that upstream advises against -> how it says so.
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "componentstatuses",
          "v1 ComponentStatus is deprecated in v1.19+",
          "endpoints",
          "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");

  private final Registry registry;
  private final Timers timers;
  private final Tables tables;

  /// `group/resource` -> who answers `create` of a kind that is not stored
  private final Map<String, Registry.SubresourceHandler> answered;

  private final PastReads past;

  /// How the components are, an object that nobody keeps.
  private final ComponentStatuses components;

  public ResourceHandler(
      Registry registry,
      Timers timers,
      Map<String, Registry.SubresourceHandler> answered,
      ComponentStatuses components,
      ToLongFunction<Instant> revisionAt) {
    this.registry = registry;
    this.past = new PastReads(registry, revisionAt::applyAsLong, timers);
    this.components = components;
    this.answered = Map.copyOf(answered);
    this.timers = timers;
    this.tables = new Tables(timers);
  }

  /// The row a request is about, in the scope that the URL says.
  ///
  /// @throws ApiException NOT_FOUND when nothing is served there
  public Target target(RequestInfo info) {
    ResourceRow row =
        registry
            .resources()
            .find(info.group(), info.version(), info.resource())
            .orElseThrow(ResourceHandler::notServed);
    // a cluster-scoped object must not be reachable through a namespace's URL, where other rights
    // hold (CVE-2019-11247); the namespace object itself is its own namespace
    boolean namespacesItself = row.group().isEmpty() && row.resource().equals("namespaces");
    if (!row.namespaced() && !info.namespace().isEmpty() && !namespacesItself) {
      throw notServed();
    }
    if (row.namespaced() && info.namespace().isEmpty() && !info.name().isEmpty()) {
      throw notServed();
    }
    if (!info.subresource().isEmpty() && !row.info().hasSubresource(info.subresource())) {
      throw row.custom() == null
          ? notServed()
          : ApiException.notFound(row.group(), row.resource(), info.name());
    }
    boolean deeper = !info.rest().isEmpty() && !info.rest().equals("/");
    if (deeper && !info.subresource().equals("proxy")) {
      throw notServed();
    }
    String namespace = row.namespaced() ? info.namespace() : "";
    return new Target(row, info.subresource(), namespace, info.name());
  }

  /// As [#target], of a method that the resource has.
  ///
  /// @throws ApiException METHOD_NOT_ALLOWED when it has it not
  Target allowedTarget(RequestInfo info, String method) {
    Target target = target(info);
    requireAllowed(info, target, method);
    requireUsable(target.name());
    return target;
  }

  public void handle(ApiRequest request) throws IOException {
    Target target = allowedTarget(request.info(), request.exchange().method());
    String deprecated = DEPRECATED.get(target.row().qualifiedResource());
    if (deprecated != null) {
      request.context().warn(deprecated);
    }
    CustomVersion custom = target.row().custom();
    if (custom != null && !custom.deprecationWarning().isEmpty()) {
      request.context().warn(custom.deprecationWarning());
    }
    switch (request.info().verb()) {
      case "get" -> get(request, target);
      case "list" -> list(request, target);
      case "watch" -> watch(request, target);
      case "create" -> create(request, target);
      case "update" -> update(request, target);
      case "patch" -> patch(request, target);
      case "delete" -> delete(request, target);
      case "deletecollection" -> deleteCollection(request, target);
      default -> throw notAllowed();
    }
  }

  /// Such a name could stand for another object's path in the store.
  private static void requireUsable(String name) {
    if (name.equals(".") || name.equals("..")) {
      throw ApiException.badRequest(
          "Name parameter invalid: \"" + name + "\": may not be '" + name + "'");
    }
  }

  private static void requireAllowed(RequestInfo info, Target target, String method) {
    if (method.equals("HEAD")) {
      throw notAllowed();
    }
    if (info.subresource().isEmpty()) {
      boolean named = !info.name().isEmpty();
      if (named && !target.row().info().stored() && target.row().info().verbs().size() == 1) {
        throw notServed(); // what is only asked and answered has no names
      }
      boolean onObject =
          switch (info.verb()) {
            case "get", "update", "patch", "delete" -> true;
            default -> false;
          };
      boolean watchOfOne = info.verb().equals("watch");
      if (!watchOfOne && named != onObject
          || !target.row().allows(info.verb())
          || (info.verb().equals("create") || info.verb().equals("deletecollection"))
              && target.row().namespaced()
              && info.namespace().isEmpty()) {
        throw notAllowed();
      }
      return;
    }
    ResourceInfo.Subresource subresource =
        target.row().info().subresources().get(info.subresource());
    if (subresource == null || !subresource.verbs().contains(info.verb())) {
      throw notAllowed();
    }
  }

  private void get(ApiRequest request, Target target) throws IOException {
    if (request.query().flag("export")) {
      throw ApiException.badRequest(
          "the export parameter, deprecated since v1.14, is no longer supported");
    }
    Representation how = negotiate(request, Representation.Shape.OBJECT);
    StoredObject object =
        ComponentStatuses.serves(target)
            ? components.get(target.name())
            : PastReads.asked(request.query())
                ? past.get(request, target)
                : registry.get(request.context(), target, request.query().first("resourceVersion"));
    answer(request, 200, object, target, how);
  }

  private void list(ApiRequest request, Target target) throws IOException {
    Representation how = negotiate(request, Representation.Shape.LIST);
    request.query().number("timeoutSeconds");
    if (request.query().has("sendInitialEvents")) {
      throw optionForbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
    }
    ListOptions options = past.at(request.query(), listOptions(request.query()));
    ObjectPage page =
        ComponentStatuses.serves(target)
            ? components.list(options)
            : registry.list(request.context(), target, options);
    answer(request, page, target, how);
  }

  private void create(ApiRequest request, Target target) throws IOException {
    Representation how = negotiate(request, Representation.Shape.OBJECT);
    WriteOptions options = writeOptions("CreateOptions", request.query());
    Registry.SubresourceHandler handler =
        target.subresource().isEmpty()
            ? answered.get(target.row().group() + "/" + target.row().resource())
            : null;
    Reply reply =
        handler == null
            ? registry.create(request.context(), target, request.body(), options)
            : handler.create(request.context(), target, request.body(), options);
    answer(request, reply.code(), reply.object(), target, how);
  }

  private void update(ApiRequest request, Target target) throws IOException {
    Representation how = negotiate(request, Representation.Shape.OBJECT);
    WriteOptions options = writeOptions("UpdateOptions", request.query());
    Reply reply = registry.update(request.context(), target, request.body(), options);
    answer(request, reply.code(), reply.object(), target, how);
  }

  private void patch(ApiRequest request, Target target) throws IOException {
    Patch.Type type = patchType(request.exchange().headers().first("content-type", ""));
    Representation how = negotiate(request, Representation.Shape.OBJECT);
    WriteOptions options = writeOptions("PatchOptions", request.query());
    if (type != Patch.Type.APPLY && request.query().has("force")) {
      throw optionForbidden("PatchOptions", "force", "may not be specified for non-apply patch");
    }
    Patch patch = new Patch(type, request.bytes(), request.query().flag("force"));
    Reply reply = registry.patch(request.context(), target, patch, options);
    answer(request, reply.code(), reply.object(), target, how);
  }

  private void delete(ApiRequest request, Target target) throws IOException {
    Representation how = negotiate(request, Representation.Shape.OBJECT);
    DeleteOptions options = DeleteBodies.read(request);
    Reply reply = registry.delete(request.context(), target, options);
    answer(request, reply.code(), reply.object(), target, how);
  }

  private void deleteCollection(ApiRequest request, Target target) throws IOException {
    Representation how = negotiate(request, Representation.Shape.LIST);
    DeleteOptions options = DeleteBodies.read(request);
    ObjectPage page =
        registry.deleteCollection(request.context(), target, listOptions(request.query()), options);
    answer(request, page, target, how);
  }

  private void watch(ApiRequest request, Target target) throws IOException {
    QueryParameters query = request.query();
    Representation how = watchRepresentation(request);
    Duration lasts = watchDuration(query.number("timeoutSeconds"));
    boolean bookmarks = query.flag("allowWatchBookmarks");
    WatchOptions options =
        new WatchOptions(
            query.first("labelSelector"),
            query.first("fieldSelector"),
            query.first("resourceVersion"),
            query.first("resourceVersionMatch"),
            query.has("sendInitialEvents") ? query.flag("sendInitialEvents") : null,
            bookmarks,
            query.first("continue"));
    ObjectWatch watch;
    WatchFrames frames = new WatchFrames(target.row().form(), how, table(target, how, query));
    try {
      watch = registry.watch(request.context(), target, options);
    } catch (ApiException e) {
      if (!e.is(StatusReason.EXPIRED) || WebSocket.isRequested(request.exchange())) {
        throw e;
      }
      endWithError(request, how, frames, e);
      return;
    }
    if (WebSocket.isRequested(request.exchange())) {
      WatchSocket.serve(request.exchange(), watch, frames, lasts, timers);
      return;
    }
    String type =
        how.encoding() == Representation.Encoding.PROTOBUF
            ? MediaType.PROTOBUF + ";stream=watch"
            : MediaType.JSON;
    HttpExchange exchange = request.exchange();
    exchange.onClose(watch::close);
    ResponseStream out = exchange.respondStreaming(200, request.headers(type));
    exchange.detach();
    WatchStream stream = new WatchStream(watch, frames, out, bookmarks);
    Timers.Timer end = timers.schedule(lasts, stream::finish);
    exchange.onClose(end::cancel);
    if (bookmarks && lasts.compareTo(LAST_BOOKMARK) > 0) {
      Timers.Timer last = timers.schedule(lasts.minus(LAST_BOOKMARK), watch::askForBookmark);
      exchange.onClose(last::cancel);
    }
    exchange.onDrain(stream::drained);
    stream.start();
  }

  /// A watch from a revision that is gone is answered by an event, as clients expect it.
  private static void endWithError(
      ApiRequest request, Representation how, WatchFrames frames, ApiException e)
      throws IOException {
    String type =
        how.encoding() == Representation.Encoding.PROTOBUF
            ? MediaType.PROTOBUF + ";stream=watch"
            : MediaType.JSON;
    try (ResponseStream out = request.exchange().respondStreaming(200, request.headers(type))) {
      out.write(frames.error(e));
    }
  }

  private static Representation watchRepresentation(ApiRequest request) {
    // an object's conversion is asked for by its own name or its list's
    Representation how;
    try {
      how = negotiate(request, Representation.Shape.OBJECT);
    } catch (ApiException e) {
      how = negotiate(request, Representation.Shape.LIST);
    }
    if (how.encoding() == Representation.Encoding.YAML) {
      throw new ApiException(
          StatusReason.NOT_ACCEPTABLE,
          "only the following media types are accepted: application/json;stream=watch,"
              + " application/vnd.kubernetes.protobuf;stream=watch");
    }
    return how;
  }

  private static Duration watchDuration(@Nullable Long seconds) {
    if (seconds != null && seconds > 0) {
      return Duration.ofSeconds(seconds);
    }
    long extra = ThreadLocalRandom.current().nextLong(MIN_WATCH.toMillis());
    return MIN_WATCH.plusMillis(extra);
  }

  private @Nullable Function<StoredObject, Map<String, @Nullable Object>> table(
      Target target, Representation how, QueryParameters query) {
    if (how.as() != Representation.As.TABLE) {
      return null;
    }
    Tables.Include include = Tables.Include.of(query.first("includeObject"));
    // only the first Table of a stream names the columns
    boolean[] named = {false};
    return object -> {
      Map<String, @Nullable Object> tree =
          tables.of(target.row(), List.of(object), include, how.version(), named[0]);
      named[0] = true;
      return tree;
    };
  }

  private void answer(
      ApiRequest request, int code, StoredObject object, Target target, Representation how)
      throws IOException {
    boolean isStatus = object.form().kind().equals("Status");
    switch (isStatus ? Representation.As.OBJECT : how.as()) {
      case OBJECT -> request.respond(code, object, how);
      case PARTIAL -> request.respond(code, ObjectText.partial(object), how);
      case TABLE -> {
        Tables.Include include = Tables.Include.of(request.query().first("includeObject"));
        request.respondJson(
            code,
            tables.of(target.row(), List.of(object), include, how.version(), false),
            how.pretty());
      }
    }
  }

  private void answer(ApiRequest request, ObjectPage page, Target target, Representation how)
      throws IOException {
    ListText list = ApiRequest.text(page, target.row().info().listKind());
    switch (how.as()) {
      case OBJECT -> request.respond(200, list, how);
      case PARTIAL ->
          request.respond(
              200,
              new ListText(
                  "meta.k8s.io/" + how.version(),
                  "PartialObjectMetadataList",
                  false,
                  list.revision(),
                  list.continueToken(),
                  list.remaining(),
                  list.items().stream().map(ObjectText::partial).toList()),
              how);
      case TABLE -> {
        Tables.Include include = Tables.Include.of(request.query().first("includeObject"));
        Map<String, @Nullable Object> tree =
            tables.of(target.row(), list.items(), include, how.version(), false);
        tree.put("metadata", metadata(list));
        request.respondJson(200, tree, how.pretty());
      }
    }
  }

  private static Map<String, @Nullable Object> metadata(ListText list) {
    Map<String, @Nullable Object> metadata = new java.util.LinkedHashMap<>();
    if (list.revision() > 0) {
      metadata.put("resourceVersion", Long.toString(list.revision()));
    }
    if (!list.continueToken().isEmpty()) {
      metadata.put("continue", list.continueToken());
    }
    if (list.remaining() >= 0) {
      metadata.put("remainingItemCount", list.remaining());
    }
    return metadata;
  }

  private static Representation negotiate(ApiRequest request, Representation.Shape shape) {
    return Representation.negotiate(request.exchange().headers(), request.query(), shape);
  }

  private static ListOptions listOptions(QueryParameters query) {
    Long limit = query.number("limit");
    return new ListOptions(
        query.first("labelSelector"),
        query.first("fieldSelector"),
        query.first("resourceVersion"),
        query.first("resourceVersionMatch"),
        limit == null ? 0 : limit,
        query.first("continue"));
  }

  static WriteOptions writeOptions(String kind, QueryParameters query) {
    return new WriteOptions(
        DeleteBodies.dryRun(kind, query.all("dryRun")),
        query.first("fieldManager"),
        query.first("fieldValidation"));
  }

  /// @param contentType as the header says it
  static Patch.Type patchType(String contentType) {
    String type = MediaType.parse(contentType).type();
    for (Patch.Type each : Patch.Type.values()) {
      if (each.mediaType().equals(type)) {
        return each;
      }
    }
    throw new ApiException(
        StatusReason.UNSUPPORTED_MEDIA_TYPE,
        "415: Unsupported Media Type",
        StatusDetails.of("", "", ""));
  }

  private static ApiException optionForbidden(String field, String why) {
    return optionForbidden("ListOptions", field, why);
  }

  private static ApiException optionForbidden(String kind, String field, String why) {
    return ApiException.invalid(
        "meta.k8s.io",
        kind,
        "",
        "%s.meta.k8s.io \"\" is invalid: %s: Forbidden: %s".formatted(kind, field, why),
        List.of(
            new io.kemudi.apimachinery.errors.StatusCause(
                "FieldValueForbidden", "Forbidden: " + why, field)));
  }

  /// Whether there is such a page. Upstream answers for all of a group that the server is built
  /// with; of others only what is defined has a page.
  public boolean isPath(RequestInfo info) {
    ResourceRow row =
        registry.resources().find(info.group(), info.version(), info.resource()).orElse(null);
    return row == null
        ? isBuiltIn(info)
        : row.custom() == null || row.namespaced() || info.namespace().isEmpty();
  }

  private boolean isBuiltIn(RequestInfo info) {
    return registry.resources().rows().stream()
        .anyMatch(row ->
            row.custom() == null
                && row.group().equals(info.group())
                && row.version().equals(info.version()));
  }

  static ApiException notServed() {
    return new ApiException(
        StatusReason.NOT_FOUND,
        "the server could not find the requested resource",
        StatusDetails.of("", "", ""));
  }

  static ApiException notAllowed() {
    return new ApiException(
        StatusReason.METHOD_NOT_ALLOWED,
        "the server does not allow this method on the requested resource",
        StatusDetails.of("", "", ""));
  }
}
