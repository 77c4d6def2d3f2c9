package io.kemudi.client.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apimachinery.resource.ResourceType;
import io.kemudi.client.api.ApiClient;
import io.kemudi.client.api.ApiWatch;
import io.kemudi.client.api.Binding;
import io.kemudi.client.api.DeleteOptions;
import io.kemudi.client.api.ListOptions;
import io.kemudi.client.api.ObjectList;
import io.kemudi.client.api.Outcome;
import io.kemudi.client.api.Patch;
import io.kemudi.client.api.Statuses;
import io.kemudi.client.api.WatchOptions;
import io.kemudi.client.api.WriteOptions;
import io.kemudi.cluster.v1.BatchOperation;
import io.kemudi.cluster.v1.BatchReply;
import io.kemudi.cluster.v1.BatchRequest;
import io.kemudi.cluster.v1.BatchResult;
import io.kemudi.cluster.v1.BindPodsRequest;
import io.kemudi.cluster.v1.ClusterGrpc;
import io.kemudi.cluster.v1.ClusterGrpc.ClusterBlockingStub;
import io.kemudi.cluster.v1.DeleteCollectionRequest;
import io.kemudi.cluster.v1.DeleteRequest;
import io.kemudi.cluster.v1.Form;
import io.kemudi.cluster.v1.GetRequest;
import io.kemudi.cluster.v1.ListReply;
import io.kemudi.cluster.v1.ListRequest;
import io.kemudi.cluster.v1.ObjectReply;
import io.kemudi.cluster.v1.PatchRequest;
import io.kemudi.cluster.v1.PodBinding;
import io.kemudi.cluster.v1.Preconditions;
import io.kemudi.cluster.v1.ResourceName;
import io.kemudi.cluster.v1.VersionRequest;
import io.kemudi.cluster.v1.WriteRequest;
import io.kemudi.kubernetes.meta.v1.PartialObjectMetadata;
import io.kemudi.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// The API over `kemudi.cluster.v1`: unary calls for single objects, one call for a batch, and one
/// multiplexed [WatchStream] for all watches. The channel brings identity and encryption with it
/// (mutual TLS, or in process); [#close] shuts it down.
public final class GrpcApiClient implements ApiClient {
  private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

  /// A whole collection is read or deleted in one call.
  private static final Duration COLLECTION_LIMIT = Duration.ofMinutes(2);

  /// The server's bound on operations in one call.
  private static final int BATCH_SIZE = 1000;

  /// A page of a list, or the events of one large revision.
  private static final int MAX_REPLY_BYTES = 64 << 20;

  private final Channel channel;
  private final ClusterBlockingStub stub;
  private final WatchStream watches;

  public GrpcApiClient(Channel channel, Timers timers) {
    this.channel = channel;
    this.stub = ClusterGrpc.newBlockingStub(channel).withMaxInboundMessageSize(MAX_REPLY_BYTES);
    this.watches =
        new WatchStream(
            ClusterGrpc.newStub(channel).withMaxInboundMessageSize(MAX_REPLY_BYTES), timers);
  }

  @Override
  public <T extends Message> T get(ResourceType<T> type, String namespace, String name) {
    var request =
        GetRequest.newBuilder().setTarget(target(type, namespace, name, "")).setForm(form(type));
    return object(type, call(stub -> stub.get(request.build())));
  }

  @Override
  public <T extends Message> ObjectList<T> list(ResourceType<T> type, ListOptions options) {
    ListRequest.Builder request = selection(type, options).setForm(form(type));
    List<T> items = new ArrayList<>();
    ListReply last;
    do {
      last = readPages(type, request.build(), items);
      request.setContinue(last.getContinue()).setResourceVersion("");
    } while (!last.getContinue().isEmpty());
    return new ObjectList<>(items, Long.toString(last.getRevision()));
  }

  private <T extends Message> ListReply readPages(
      ResourceType<T> type, ListRequest request, List<T> items) {
    return within(
        COLLECTION_LIMIT,
        stub -> {
          ListReply last = ListReply.getDefaultInstance();
          for (Iterator<ListReply> pages = stub.list(request); pages.hasNext(); ) {
            last = pages.next();
            last.getItemsList().forEach(item -> items.add(parse(type, item)));
          }
          return last;
        });
  }

  @Override
  public <T extends Message> T create(ResourceType<T> type, T object, WriteOptions options) {
    return object(type, call(stub -> stub.create(write(type, object, "", options))));
  }

  @Override
  public <T extends Message> T update(ResourceType<T> type, T object, WriteOptions options) {
    return updateSubresource(type, "", object, options);
  }

  @Override
  public <T extends Message> T updateSubresource(
      ResourceType<T> type, String subresource, T object, WriteOptions options) {
    return object(type, call(stub -> stub.update(write(type, object, subresource, options))));
  }

  @Override
  public <T extends Message, B extends Message> B createSubresource(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      ResourceType<B> bodyType,
      B body,
      WriteOptions options) {
    WriteRequest request =
        WriteRequest.newBuilder()
            .setTarget(target(type, namespace, name, subresource))
            .setObject(body.toByteString())
            .setOptions(options(options))
            .build();
    return object(bodyType, call(stub -> stub.create(request)));
  }

  @Override
  public <T extends Message> T patch(
      ResourceType<T> type,
      String namespace,
      String name,
      String subresource,
      Patch patch,
      WriteOptions options) {
    var request =
        PatchRequest.newBuilder()
            .setTarget(target(type, namespace, name, subresource))
            .setPatchType(patch.type().mediaType())
            .setPatch(ByteString.copyFrom(patch.body()))
            .setForce(patch.force())
            .setOptions(options(options));
    return object(type, call(stub -> stub.patch(request.build())));
  }

  @Override
  public String delete(ResourceType<?> type, String namespace, String name, DeleteOptions options) {
    var request = DeleteRequest.newBuilder().setTarget(target(type, namespace, name, ""));
    Long grace = options.gracePeriodSeconds();
    if (grace != null) {
      request.setGracePeriodSeconds(grace);
    }
    request.setPropagationPolicy(propagation(options)).setPreconditions(preconditions(options));
    long revision = call(stub -> stub.delete(request.build())).getRevision();
    return revision == 0 ? "" : Long.toString(revision);
  }

  private static String propagation(DeleteOptions options) {
    DeleteOptions.Propagation propagation = options.propagation();
    return propagation == null ? "" : propagation.text();
  }

  private static Preconditions preconditions(DeleteOptions options) {
    Preconditions.Builder preconditions = Preconditions.newBuilder();
    String uid = options.uid();
    if (uid != null) {
      preconditions.setUid(uid);
    }
    String revision = options.resourceVersion();
    if (revision != null) {
      preconditions.setResourceVersion(revision);
    }
    return preconditions.build();
  }

  @Override
  public void deleteCollection(ResourceType<?> type, ListOptions selection, DeleteOptions options) {
    var request = DeleteCollectionRequest.newBuilder().setSelection(selection(type, selection));
    Long grace = options.gracePeriodSeconds();
    if (grace != null) {
      request.setGracePeriodSeconds(grace);
    }
    request.setPropagationPolicy(propagation(options));
    within(COLLECTION_LIMIT, stub -> stub.deleteCollection(request.build()));
  }

  @Override
  public <T extends Message> List<Outcome<T>> createAll(
      ResourceType<T> type, List<T> objects, WriteOptions options) {
    List<Outcome<T>> outcomes = new ArrayList<>(objects.size());
    for (int from = 0; from < objects.size(); from += BATCH_SIZE) {
      BatchRequest.Builder request = BatchRequest.newBuilder();
      for (T object : objects.subList(from, Math.min(objects.size(), from + BATCH_SIZE))) {
        request.addOperations(
            BatchOperation.newBuilder().setCreate(write(type, object, "", options)));
      }
      BatchReply reply = call(stub -> stub.batch(request.build()));
      reply
          .getResultsList()
          .forEach(result -> outcomes.add(outcome(result, done -> object(type, done))));
    }
    return outcomes;
  }

  @Override
  public List<Outcome<Binding>> bindPods(List<Binding> bindings) {
    List<Outcome<Binding>> outcomes = new ArrayList<>(bindings.size());
    for (int from = 0; from < bindings.size(); from += BATCH_SIZE) {
      List<Binding> part = bindings.subList(from, Math.min(bindings.size(), from + BATCH_SIZE));
      BindPodsRequest.Builder request = BindPodsRequest.newBuilder();
      part.forEach(binding -> request.addBindings(podBinding(binding)));
      BatchReply reply = call(stub -> stub.bindPods(request.build()));
      for (int i = 0; i < part.size(); i++) {
        Binding binding = part.get(i);
        outcomes.add(outcome(reply.getResults(i), _ -> binding));
      }
    }
    return outcomes;
  }

  private static PodBinding podBinding(Binding binding) {
    return PodBinding.newBuilder()
        .setNamespace(binding.namespace())
        .setName(binding.name())
        .setUid(binding.uid())
        .setNode(binding.node())
        .build();
  }

  private static <R> Outcome<R> outcome(BatchResult result, Function<ObjectReply, R> done) {
    return switch (result.getResultCase()) {
      case FAILURE ->
          new Outcome.Refused<>(Statuses.exception(result.getFailure().getStatus().toByteArray()));
      case OBJECT, RESULT_NOT_SET -> new Outcome.Done<>(done.apply(result.getObject()));
    };
  }

  @Override
  public <T extends Message> ApiWatch<T> watch(ResourceType<T> type, WatchOptions options) {
    return watches.open(type, target(type, options.namespace(), "", ""), form(type), options);
  }

  @Override
  public String serverVersion() {
    return call(stub -> stub.version(VersionRequest.getDefaultInstance())).getGitVersion();
  }

  @Override
  public void close() {
    watches.close();
    if (channel instanceof ManagedChannel managed) {
      managed.shutdownNow();
    }
  }

  private <R> R call(Function<ClusterBlockingStub, R> body) {
    return within(CALL_LIMIT, body);
  }

  private <R> R within(Duration limit, Function<ClusterBlockingStub, R> body) {
    try {
      return body.apply(stub.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (StatusRuntimeException e) {
      throw GrpcErrors.exception(e);
    }
  }

  private static ResourceName target(
      ResourceType<?> type, String namespace, String name, String subresource) {
    return ResourceName.newBuilder()
        .setGroup(type.group())
        .setVersion(type.version())
        .setResource(type.resource())
        .setSubresource(subresource)
        .setNamespace(namespace)
        .setName(name)
        .build();
  }

  private static Form form(ResourceType<?> type) {
    return type.parser() == PartialObjectMetadata.parser() ? Form.FORM_METADATA : Form.FORM_OBJECT;
  }

  private static ListRequest.Builder selection(ResourceType<?> type, ListOptions options) {
    return ListRequest.newBuilder()
        .setTarget(target(type, options.namespace(), "", ""))
        .setLabelSelector(options.labelSelector())
        .setFieldSelector(options.fieldSelector())
        .setResourceVersion(options.resourceVersion());
  }

  private static <T extends Message> WriteRequest write(
      ResourceType<T> type, T object, String subresource, WriteOptions options) {
    return WriteRequest.newBuilder()
        .setTarget(target(type, type.namespace(object), type.name(object), subresource))
        .setObject(object.toByteString())
        .setOptions(options(options))
        .build();
  }

  private static io.kemudi.cluster.v1.WriteOptions options(WriteOptions options) {
    return io.kemudi.cluster.v1.WriteOptions.newBuilder()
        .setDryRun(options.dryRun())
        .setFieldManager(options.fieldManager())
        .build();
  }

  private static <T extends Message> T object(ResourceType<T> type, ObjectReply reply) {
    return parse(type, reply.getObject());
  }

  static <T extends Message> T parse(ResourceType<T> type, ByteString bytes) {
    try {
      return type.parser().parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new ApiException(
          StatusReason.INTERNAL_ERROR,
          "the server's answer is no " + type.kind() + ": " + e.getMessage());
    }
  }
}
