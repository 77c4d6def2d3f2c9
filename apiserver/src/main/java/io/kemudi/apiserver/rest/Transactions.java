package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.Trees;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.Authorization;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.Patch;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.Registry.Operation;
import io.kemudi.apiserver.registry.Registry.Outcome;
import io.kemudi.apiserver.registry.Reply;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.apiserver.server.QueryParameters;
import io.kemudi.apiserver.server.RequestInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `POST /apis/kemudi.io/v1/transactions`: several writes, all or none, under one revision. The
/// README of this module tells the form of the body and of the answers.
public final class Transactions {
  public static final String PATH = "/apis/kemudi.io/v1/transactions";
  private static final String API_VERSION = "kemudi.io/v1";
  private static final int MAX_OPERATIONS = 100;
  private static final int MAX_BYTES = 1 << 20;

  /// Those whose write is the object's own; an eviction or a token is more than that.
  private static final Set<String> SUBRESOURCES =
      Set.of(
          "",
          "status",
          "scale",
          "binding",
          "finalize",
          "approval",
          "ephemeralcontainers",
          "resize");

  private final Registry registry;
  private final ResourceHandler resources;

  public Transactions(Registry registry, ResourceHandler resources) {
    this.registry = registry;
    this.resources = resources;
  }

  /// Whether the request asks for a transaction: its parts are authorized one by one, and nothing
  /// else of it needs a right.
  public static boolean isAsked(RequestInfo info) {
    return info.path().equals(PATH);
  }

  public void handle(ApiRequest request) throws IOException {
    if (!request.exchange().method().equals("POST")) {
      throw ResourceHandler.notAllowed();
    }
    boolean dryRun = DeleteBodies.dryRun("CreateOptions", request.query().all("dryRun"));
    List<@Nullable Object> sent = operations(request);
    List<Operation> operations = new ArrayList<>();
    List<@Nullable ApiException> refusals = new ArrayList<>();
    boolean refused = false;
    for (Object each : sent) {
      ApiException refusal = null;
      try {
        operations.add(operation(request.context(), each, dryRun));
      } catch (ApiException e) {
        refusal = e;
      } catch (CodecException e) {
        refusal = ApiException.badRequest(String.valueOf(e.getMessage()));
      }
      refused |= refusal != null;
      refusals.add(refusal);
    }
    Outcome outcome =
        refused ? new Outcome.Refused(refusals) : registry.transact(request.context(), operations);
    switch (outcome) {
      case Outcome.Done(long revision, List<Reply> replies) -> done(request, revision, replies);
      case Outcome.Refused(List<@Nullable ApiException> all) -> refuse(request, all);
    }
  }

  // ---- what is asked ----

  private static List<@Nullable Object> operations(ApiRequest request) throws IOException {
    Body body = request.body();
    if (body.form() != Body.Form.JSON) {
      throw new ApiException(
          StatusReason.UNSUPPORTED_MEDIA_TYPE, "a transaction is written in application/json");
    }
    if (body.bytes().length > MAX_BYTES) {
      throw new ApiException(
          StatusReason.REQUEST_ENTITY_TOO_LARGE,
          "a transaction of " + body.bytes().length + " bytes, at most " + MAX_BYTES);
    }
    Json.Parsed parsed = Json.parseStrict(body.bytes());
    if (!parsed.duplicates().isEmpty()) {
      throw ApiException.badRequest(
          "the transaction is ambiguous: " + String.join(", ", parsed.duplicates()));
    }
    Map<String, @Nullable Object> tree = Trees.object(parsed.value(), "the transaction");
    requireText(tree, "apiVersion", API_VERSION);
    requireText(tree, "kind", "Transaction");
    List<@Nullable Object> operations = Trees.listOrNull(tree.get("operations"));
    if (operations == null || operations.isEmpty()) {
      throw ApiException.badRequest("operations: a list of one operation or more is wanted");
    }
    if (operations.size() > MAX_OPERATIONS) {
      throw new ApiException(
          StatusReason.REQUEST_ENTITY_TOO_LARGE,
          operations.size() + " operations in one transaction, at most " + MAX_OPERATIONS);
    }
    return operations;
  }

  private static void requireText(Map<String, @Nullable Object> tree, String field, String wanted) {
    Object value = tree.get(field);
    if (value != null && !value.equals(wanted)) {
      throw ApiException.badRequest(field + ": got " + value + ", want " + wanted);
    }
  }

  private Operation operation(RequestContext context, @Nullable Object sent, boolean dryRun) {
    Map<String, @Nullable Object> tree = Trees.object(sent, "operation");
    String method = Trees.string(tree, "method");
    String uri = Trees.string(tree, "path");
    int question = uri.indexOf('?');
    String path = question < 0 ? uri : uri.substring(0, question);
    QueryParameters query = QueryParameters.parse(question < 0 ? "" : uri.substring(question + 1));
    if (query.has("dryRun")) {
      throw ApiException.badRequest("dryRun is said of the transaction, not of an operation");
    }
    RequestInfo info = RequestInfo.of(method, path, query);
    if (!info.isResource()) {
      throw ResourceHandler.notServed();
    }
    Target target = resources.allowedTarget(info, method);
    if (!SUBRESOURCES.contains(target.subresource()) || !target.row().info().stored()) {
      throw ApiException.badRequest(path + " cannot be part of a transaction");
    }
    context.audit().operation(info.verb(), target);
    Authorization.require(context, info.verb(), target);
    byte[] body = tree.get("body") == null ? new byte[0] : Json.write(tree.get("body"));
    return operation(info.verb(), target, tree, new Sent(body, query, dryRun));
  }

  private record Sent(byte[] body, QueryParameters query, boolean dryRun) {
    WriteOptions options(String kind) {
      WriteOptions said = ResourceHandler.writeOptions(kind, query);
      return new WriteOptions(dryRun, said.fieldManager(), said.fieldValidation());
    }
  }

  private static Operation operation(
      String verb, Target target, Map<String, @Nullable Object> tree, Sent sent) {
    return switch (verb) {
      case "create" ->
          new Operation.Create(target, Body.json(sent.body()), sent.options("CreateOptions"));
      case "update" ->
          new Operation.Update(target, Body.json(sent.body()), sent.options("UpdateOptions"));
      case "patch" -> {
        Patch.Type type = ResourceHandler.patchType(Trees.string(tree, "contentType"));
        boolean force = sent.query().flag("force");
        yield new Operation.Change(
            target, new Patch(type, sent.body(), force), sent.options("PatchOptions"));
      }
      case "delete" -> {
        DeleteOptions said = DeleteBodies.of(Body.json(sent.body()), sent.query());
        yield new Operation.Delete(target, said.rehearsed(sent.dryRun()));
      }
      default ->
          throw ApiException.badRequest(
              "method: a transaction is made of POST, PUT, PATCH and DELETE of one object each");
    };
  }

  // ---- what is answered ----

  private static void done(ApiRequest request, long revision, List<Reply> replies)
      throws IOException {
    List<@Nullable Object> results = new ArrayList<>();
    for (Reply reply : replies) {
      Map<String, @Nullable Object> result = new LinkedHashMap<>();
      result.put("code", (long) reply.code());
      result.put("object", Json.parse(ObjectText.json(reply.object())));
      results.add(result);
    }
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    if (revision > 0) {
      metadata.put("resourceVersion", Long.toString(revision));
    }
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("kind", "TransactionResult");
    answer.put("apiVersion", API_VERSION);
    answer.put("metadata", metadata);
    answer.put("results", results);
    request.respondJson(200, answer, request.query().flag("pretty"));
  }

  /// A Status, so that every client understands it, with one more for each operation.
  private static void refuse(ApiRequest request, List<@Nullable ApiException> refusals)
      throws IOException {
    List<@Nullable Object> results = new ArrayList<>();
    ApiException first = null;
    int number = 0;
    for (int i = 0; i < refusals.size(); i++) {
      ApiException refusal = refusals.get(i);
      if (refusal != null && first == null) {
        first = refusal;
        number = i + 1;
      }
      results.add(refusal == null ? undone() : status(refusal));
    }
    if (first == null) {
      throw new IllegalStateException("a transaction refused for nothing");
    }
    ApiException whole =
        new ApiException(
            first.reason(),
            first.code(),
            "operation "
                + number
                + " of "
                + refusals.size()
                + ": "
                + first.text()
                + " (nothing was done)",
            first.details());
    request.context().audit().refused(whole);
    Map<String, @Nullable Object> answer = status(whole);
    answer.put("results", results);
    request.respondJson(whole.code(), answer, request.query().flag("pretty"));
  }

  private static Map<String, @Nullable Object> status(ApiException refusal) {
    return Json.parseObject(ObjectText.json(Statuses.of(refusal)));
  }

  private static Map<String, @Nullable Object> undone() {
    Map<String, @Nullable Object> status = Json.parseObject(ObjectText.json(Statuses.success()));
    status.put("message", "not done, as another operation was refused");
    return status;
  }
}
