package io.kemudi.apiserver.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.audit.Auditor;
import io.kemudi.apiserver.registry.Authorization;
import io.kemudi.apiserver.registry.Authorizer;
import io.kemudi.apiserver.registry.Authorizer.Attributes;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.DeleteOptions;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.Reply;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchReply;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.BatchResult;
import io.kemudi.cluster.v1.BindPodsRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.DeleteCollectionReply;
import io.kemudi.cluster.v1.DeleteCollectionRequest;
import io.kemudi.cluster.v1.DeleteRequest;
import io.kemudi.cluster.v1.Form;
import io.kemudi.cluster.v1.GetRequest;
import io.kemudi.cluster.v1.ListReply;
import io.kemudi.cluster.v1.ListRequest;
import io.kemudi.cluster.v1.ObjectReply;
import io.kemudi.cluster.v1.PatchRequest;
import io.kemudi.cluster.v1.PodBinding;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.VersionReply;
import io.kemudi.cluster.v1.VersionRequest;
import io.kemudi.cluster.v1.WatchReply;
import io.kemudi.cluster.v1.WatchRequest;
import io.kemudi.cluster.v1.WriteRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The components' way in: the same [Registry], authorizer and audit as over REST, with batches and
/// one multiplexed watch stream. Every call runs on a virtual thread of the server's executor.
public final class ClusterService extends ClusterGrpc.ClusterImplBase {
  private static final Logger log = LoggerFactory.getLogger(ClusterService.class);
  private static final int MAX_BATCH = 1000;
  private static final int MAX_TRANSACTION = 100;

  /// How many writes of one batch are under way at once: the store commits them in groups.
  private static final int PARALLEL = 64;

  /// Objects per message of a list, and bytes after which a message is full.
  private static final int PAGE_ITEMS = 500;

  private static final int PAGE_BYTES = 1 << 20;

  /// As the same over REST is asked for.
  private static final Attributes TRANSACTION =
      new Attributes("create", "kemudi.io", "v1", "transactions", "", "", "", "");

  private final Registry registry;
  private final Authorizer authorizer;
  private final Auditor auditor;
  private final String version;

  public ClusterService(Registry registry, Authorizer authorizer, Auditor auditor, String version) {
    this.registry = registry;
    this.authorizer = authorizer;
    this.auditor = auditor;
    this.version = version;
  }

  AuditedCalls calls() {
    return AuditedCalls.here(authorizer, auditor);
  }

  private Target target(ResourceName name) {
    return GrpcTranslation.target(registry.resources(), name);
  }

  /// Answers one reply, or the refusal. What is a bug is logged and told without its insides.
  private static <T> void answer(StreamObserver<T> observer, Supplier<T> call) {
    T reply;
    try {
      reply = call.get();
    } catch (ApiException e) {
      observer.onError(GrpcTranslation.toGrpc(e));
      return;
    } catch (RuntimeException e) {
      observer.onError(GrpcTranslation.toGrpc(internal(e)));
      return;
    }
    observer.onNext(reply);
    observer.onCompleted();
  }

  static ApiException internal(RuntimeException bug) {
    log.error("a request failed", bug);
    return new ApiException(
        StatusReason.INTERNAL_ERROR, "Internal error occurred: " + bug.getMessage());
  }

  // ---- reading ----

  @Override
  public void get(GetRequest request, StreamObserver<ObjectReply> observer) {
    answer(
        observer,
        () -> {
          Target target = target(request.getTarget());
          return calls()
              .run(
                  Attributes.of("get", target),
                  context -> {
                    Authorization.require(context, "get", target);
                    GrpcTranslation.requireReadable(target, request.getForm());
                    StoredObject object =
                        registry.get(context, target, request.getResourceVersion());
                    context.audit().answered(target, object);
                    return GrpcTranslation.reply(object, request.getForm(), context.warnings());
                  });
        });
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListReply> observer) {
    try {
      Target target = target(request.getTarget());
      ObjectPage page =
          calls()
              .run(
                  Authorization.ofCollection("list", target, request.getFieldSelector()),
                  context -> {
                    Authorization.requireCollection(
                        context, "list", target, request.getFieldSelector());
                    GrpcTranslation.requireReadable(target, request.getForm());
                    return registry.list(context, target, GrpcTranslation.listOptions(request));
                  });
      send(page, request.getForm(), (ServerCallStreamObserver<ListReply>) observer);
      observer.onCompleted();
    } catch (ApiException e) {
      observer.onError(GrpcTranslation.toGrpc(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      observer.onError(GrpcTranslation.toGrpc(internal(e)));
    }
  }

  /// Streams a page in messages of bounded size, at the client's pace. Only the last one carries
  /// where to go on.
  private static void send(ObjectPage page, Form form, ServerCallStreamObserver<ListReply> observer)
      throws InterruptedException {
    ListReply.Builder reply = ListReply.newBuilder().setRevision(page.revision());
    int bytes = 0;
    for (StoredObject object : page) {
      if (reply.getItemsCount() == PAGE_ITEMS || bytes > PAGE_BYTES) {
        Readiness.await(observer);
        observer.onNext(reply.build());
        reply = ListReply.newBuilder().setRevision(page.revision());
        bytes = 0;
      }
      reply.addItems(GrpcTranslation.bytes(object, form));
      bytes += object.bytes().length;
    }
    Readiness.await(observer);
    observer.onNext(reply.setContinue(page.continueToken()).setRemaining(page.remaining()).build());
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchReply> observer) {
    return new WatchMultiplexer(
        registry, this::calls, (ServerCallStreamObserver<WatchReply>) observer);
  }

  @Override
  public void version(VersionRequest request, StreamObserver<VersionReply> observer) {
    answer(observer, () -> VersionReply.newBuilder().setGitVersion(version).build());
  }

  // ---- writing ----

  @Override
  public void create(WriteRequest request, StreamObserver<ObjectReply> observer) {
    answerWrite(
        observer,
        "create",
        request.getTarget(),
        (context, target) -> doCreate(context, target, request));
  }

  @Override
  public void update(WriteRequest request, StreamObserver<ObjectReply> observer) {
    answerWrite(
        observer,
        "update",
        request.getTarget(),
        (context, target) -> doUpdate(context, target, request));
  }

  @Override
  public void patch(PatchRequest request, StreamObserver<ObjectReply> observer) {
    answerWrite(
        observer,
        "patch",
        request.getTarget(),
        (context, target) -> doPatch(context, target, request));
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<ObjectReply> observer) {
    answerWrite(
        observer,
        "delete",
        request.getTarget(),
        (context, target) -> doDelete(context, target, request));
  }

  @FunctionalInterface
  private interface WriteCall {
    Reply run(RequestContext context, Target target);
  }

  private void answerWrite(
      StreamObserver<ObjectReply> observer, String verb, ResourceName name, WriteCall call) {
    answer(
        observer,
        () -> {
          Target target = target(name);
          return calls()
              .run(
                  Attributes.of(verb, target),
                  context -> {
                    Reply reply = call.run(context, target);
                    return GrpcTranslation.written(reply, context.warnings());
                  });
        });
  }

  /// One write of a batch.
  private Reply audited(AuditedCalls calls, String verb, ResourceName name, WriteCall call) {
    Target target = target(name);
    return calls.run(Attributes.of(verb, target), context -> call.run(context, target));
  }

  private Reply doCreate(RequestContext context, Target target, WriteRequest request) {
    Authorization.require(context, "create", target);
    return registry.create(
        context,
        target,
        GrpcTranslation.body(target, request),
        GrpcTranslation.writeOptions(request.getOptions()));
  }

  private Reply doUpdate(RequestContext context, Target target, WriteRequest request) {
    Authorization.require(context, "update", target);
    return registry.update(
        context,
        target,
        GrpcTranslation.body(target, request),
        GrpcTranslation.writeOptions(request.getOptions()));
  }

  private Reply doPatch(RequestContext context, Target target, PatchRequest request) {
    Authorization.require(context, "patch", target);
    return registry.patch(
        context,
        target,
        GrpcTranslation.patch(request),
        GrpcTranslation.writeOptions(request.getOptions()));
  }

  /// What a finished deletion leaves to show is the Status of REST; over gRPC it is nothing.
  private Reply doDelete(RequestContext context, Target target, DeleteRequest request) {
    Authorization.require(context, "delete", target);
    Reply reply = registry.delete(context, target, GrpcTranslation.deleteOptions(request));
    StoredObject object = reply.object();
    if (!object.form().kind().equals("Status")) {
      return reply;
    }
    return new Reply(
        new StoredObject(object.form(), "", "", new byte[0], object.revision()), reply.code());
  }

  @Override
  public void deleteCollection(
      DeleteCollectionRequest request, StreamObserver<DeleteCollectionReply> observer) {
    answer(
        observer,
        () -> {
          Target target = target(request.getSelection().getTarget());
          DeleteOptions options =
              new DeleteOptions(
                  request.hasGracePeriodSeconds() ? request.getGracePeriodSeconds() : null,
                  GrpcTranslation.orNull(request.getPropagationPolicy()),
                  null,
                  null,
                  null,
                  request.getDryRun());
          ObjectPage deleted =
              calls()
                  .run(
                      Attributes.of("deletecollection", target),
                      context -> {
                        Authorization.require(context, "deletecollection", target);
                        return registry.deleteCollection(
                            context,
                            target,
                            GrpcTranslation.listOptions(request.getSelection()),
                            options);
                      });
          return DeleteCollectionReply.newBuilder()
              .setDeleted(deleted.size())
              .setRevision(deleted.revision())
              .build();
        });
  }

  // ---- batches ----

  @Override
  public void batch(BatchRequest request, StreamObserver<BatchReply> observer) {
    answer(
        observer,
        () -> {
          requireAtMost(MAX_BATCH, request.getOperationsCount());
          AuditedCalls audited = calls();
          List<Supplier<Reply>> calls = new ArrayList<>();
          for (BatchOperation operation : request.getOperationsList()) {
            calls.add(() -> run(audited, operation));
          }
          return all(calls);
        });
  }

  private Reply run(AuditedCalls calls, BatchOperation operation) {
    return switch (operation.getOperationCase()) {
      case CREATE ->
          audited(
              calls,
              "create",
              operation.getCreate().getTarget(),
              (context, target) -> doCreate(context, target, operation.getCreate()));
      case UPDATE ->
          audited(
              calls,
              "update",
              operation.getUpdate().getTarget(),
              (context, target) -> doUpdate(context, target, operation.getUpdate()));
      case PATCH ->
          audited(
              calls,
              "patch",
              operation.getPatch().getTarget(),
              (context, target) -> doPatch(context, target, operation.getPatch()));
      case DELETE ->
          audited(
              calls,
              "delete",
              operation.getDelete().getTarget(),
              (context, target) -> doDelete(context, target, operation.getDelete()));
      case OPERATION_NOT_SET -> throw ApiException.badRequest("an operation is missing");
    };
  }

  @Override
  public void bindPods(BindPodsRequest request, StreamObserver<BatchReply> observer) {
    answer(
        observer,
        () -> {
          requireAtMost(MAX_BATCH, request.getBindingsCount());
          AuditedCalls audited = calls();
          List<Supplier<Reply>> calls = new ArrayList<>();
          for (PodBinding binding : request.getBindingsList()) {
            calls.add(() -> bind(audited, binding));
          }
          return all(calls);
        });
  }

  private Reply bind(AuditedCalls calls, PodBinding binding) {
    Target target =
        Target.object(
                registry.resources().need("", "v1", "pods"),
                binding.getNamespace(),
                binding.getName())
            .sub("binding");
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("name", binding.getName());
    if (!binding.getUid().isEmpty()) {
      metadata.put("uid", binding.getUid());
    }
    if (binding.getAnnotationsCount() > 0) {
      metadata.put("annotations", new LinkedHashMap<>(binding.getAnnotationsMap()));
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("metadata", metadata);
    tree.put("target", new LinkedHashMap<>(Map.of("kind", "Node", "name", binding.getNode())));
    return calls.run(
        Attributes.of("create", target),
        context -> {
          Authorization.require(context, "create", target);
          return registry.create(context, target, Body.json(Json.write(tree)), WriteOptions.NONE);
        });
  }

  @Override
  public void transact(BatchRequest request, StreamObserver<BatchReply> observer) {
    answer(
        observer,
        () -> {
          requireAtMost(MAX_TRANSACTION, request.getOperationsCount());
          return calls().run(TRANSACTION, context -> transact(context, request));
        });
  }

  private BatchReply transact(RequestContext context, BatchRequest request) {
    List<Registry.Operation> operations = new ArrayList<>();
    request.getOperationsList().forEach(each -> operations.add(operation(context, each)));
    BatchReply.Builder reply = BatchReply.newBuilder();
    registry
        .transact(context, operations)
        .orThrow()
        .forEach(each -> reply.addResults(GrpcTranslation.result(each)));
    return reply.build();
  }

  private Registry.Operation operation(RequestContext context, BatchOperation operation) {
    return switch (operation.getOperationCase()) {
      case CREATE -> {
        WriteRequest request = operation.getCreate();
        Target target = allowed(context, "create", request.getTarget());
        yield new Registry.Operation.Create(
            target,
            GrpcTranslation.body(target, request),
            GrpcTranslation.writeOptions(request.getOptions()));
      }
      case UPDATE -> {
        WriteRequest request = operation.getUpdate();
        Target target = allowed(context, "update", request.getTarget());
        yield new Registry.Operation.Update(
            target,
            GrpcTranslation.body(target, request),
            GrpcTranslation.writeOptions(request.getOptions()));
      }
      case PATCH -> {
        PatchRequest request = operation.getPatch();
        yield new Registry.Operation.Change(
            allowed(context, "patch", request.getTarget()),
            GrpcTranslation.patch(request),
            GrpcTranslation.writeOptions(request.getOptions()));
      }
      case DELETE ->
          new Registry.Operation.Delete(
              allowed(context, "delete", operation.getDelete().getTarget()),
              GrpcTranslation.deleteOptions(operation.getDelete()));
      case OPERATION_NOT_SET -> throw ApiException.badRequest("an operation is missing");
    };
  }

  private Target allowed(RequestContext context, String verb, ResourceName name) {
    Target target = target(name);
    context.audit().operation(verb, target);
    Authorization.require(context, verb, target);
    return target;
  }

  private static void requireAtMost(int limit, int count) {
    if (count > limit) {
      throw ApiException.badRequest(count + " operations in one call, at most " + limit);
    }
  }

  /// Runs independent calls side by side; answers in their order.
  private static BatchReply all(List<Supplier<Reply>> calls) {
    BatchReply.Builder reply = BatchReply.newBuilder();
    int threads = Math.min(PARALLEL, Math.max(1, calls.size()));
    try (var executor = Executors.newFixedThreadPool(threads, Thread.ofVirtual().factory())) {
      List<Future<BatchResult>> results = new ArrayList<>();
      for (Supplier<Reply> call : calls) {
        results.add(executor.submit(() -> outcome(call)));
      }
      for (Future<BatchResult> result : results) {
        reply.addResults(result.get());
      }
      return reply.build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(StatusReason.TIMEOUT, "the batch was interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a batch operation failed", e.getCause());
    }
  }

  private static BatchResult outcome(Supplier<Reply> call) {
    try {
      return GrpcTranslation.result(call.get());
    } catch (ApiException e) {
      return GrpcTranslation.failure(e);
    } catch (RuntimeException e) {
      return GrpcTranslation.failure(internal(e));
    }
  }
}
