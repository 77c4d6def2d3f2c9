package io.kemudi.apiserver.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.apply.FieldWriter;
import io.kemudi.apimachinery.apply.ManagedFields;
import io.kemudi.apimachinery.apply.Topology;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.Envelope;
import io.kemudi.apimachinery.codec.FieldValidation;
import io.kemudi.apimachinery.codec.Json;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.codec.Yaml;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.auth.AccessReviews;
import io.kemudi.apiserver.auth.TokenRequests;
import io.kemudi.apiserver.registry.Body;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.Reply;
import io.kemudi.apiserver.registry.RequestContext;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.registry.WriteOptions;
import io.kemudi.kubernetes.authentication.v1.SelfSubjectReview;
import io.kemudi.kubernetes.authentication.v1.TokenRequest;
import io.kemudi.kubernetes.authentication.v1.TokenReview;
import io.kemudi.kubernetes.authorization.v1.LocalSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.SelfSubjectAccessReview;
import io.kemudi.kubernetes.authorization.v1.SelfSubjectRulesReview;
import io.kemudi.kubernetes.authorization.v1.SubjectAccessReview;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The kinds that are asked and answered but never stored, each as a handler of `create`.
public final class Reviews {
  private static final String AUTHENTICATION = "authentication.k8s.io";
  private static final String AUTHORIZATION = "authorization.k8s.io";
  private static final ObjectForm TOKEN_REQUEST =
      new ObjectForm(AUTHENTICATION + "/v1", "TokenRequest", "authentication.v1.TokenRequest");

  private Reviews() {}

  /// `group/resource` -> who answers.
  public static Map<String, Registry.SubresourceHandler> handlers(
      AccessReviews reviews, InstantSource clock) {
    return Map.of(
        AUTHENTICATION + "/tokenreviews",
        handler(TokenReview.parser(), clock, (_, _, review) -> reviews.review(review)),
        AUTHENTICATION + "/selfsubjectreviews",
        handler(
            SelfSubjectReview.parser(),
            clock,
            (context, _, review) -> reviews.review(context.user(), review)),
        AUTHORIZATION + "/subjectaccessreviews",
        handler(SubjectAccessReview.parser(), clock, (_, _, review) -> reviews.review(review)),
        AUTHORIZATION + "/localsubjectaccessreviews",
        handler(
            LocalSubjectAccessReview.parser(),
            clock,
            (_, target, review) -> reviews.review(target.namespace(), review)),
        AUTHORIZATION + "/selfsubjectaccessreviews",
        handler(
            SelfSubjectAccessReview.parser(),
            clock,
            (context, _, review) -> reviews.review(context.user(), review)),
        AUTHORIZATION + "/selfsubjectrulesreviews",
        handler(
            SelfSubjectRulesReview.parser(),
            clock,
            (context, _, review) -> reviews.review(context.user(), review)));
  }

  /// `serviceaccounts/NAME/token`.
  public static Registry.SubresourceHandler tokens(TokenRequests tokens, InstantSource clock) {
    return (context, target, body, options) -> {
      byte[] sent = withExpiration(decode(TOKEN_REQUEST, context, body, options));
      TokenRequest request =
          parse(
              TokenRequest.parser(),
              TOKEN_REQUEST,
              tracked(TOKEN_REQUEST, context, sent, options, target.subresource(), clock));
      TokenRequest answer = tokens.create(target.namespace(), target.name(), request);
      return Reply.created(
          new StoredObject(
              TOKEN_REQUEST, target.namespace(), target.name(), answer.toByteArray(), 0));
    };
  }

  /// The default is filled in before it is looked who owns what.
  private static byte[] withExpiration(byte[] message) {
    TokenRequest sent = parse(TokenRequest.parser(), TOKEN_REQUEST, message);
    if (sent.getSpec().hasExpirationSeconds()) {
      return message;
    }
    TokenRequest.Builder request = sent.toBuilder();
    request.getSpecBuilder().setExpirationSeconds(TokenRequests.DEFAULT_SECONDS);
    return request.build().toByteArray();
  }

  @FunctionalInterface
  private interface Answer<T> {
    T answer(RequestContext context, Target target, T review);
  }

  private static <T extends Message> Registry.SubresourceHandler handler(
      Parser<T> parser, InstantSource clock, Answer<T> answer) {
    return (context, target, body, options) -> {
      ObjectForm form = target.row().form();
      byte[] sent = decode(form, context, body, options);
      T review = parse(parser, form, tracked(form, context, sent, options, "", clock));
      T answered = answer.answer(context, target, review);
      return Reply.created(
          new StoredObject(form, target.namespace(), "", answered.toByteArray(), 0));
    };
  }

  private static <T extends Message> T parse(Parser<T> parser, ObjectForm form, byte[] message) {
    try {
      return parser.parseFrom(message);
    } catch (InvalidProtocolBufferException e) {
      throw ApiException.badRequest("the body is no " + form.kind() + ": " + e.getMessage());
    }
  }

  private static byte[] decode(
      ObjectForm form, RequestContext context, Body body, WriteOptions options) {
    try {
      return switch (body.form()) {
        case JSON -> message(form, context, Json.parseStrict(body.bytes()), options);
        case YAML -> message(form, context, Yaml.parse(body.bytes()), options);
        case PROTOBUF -> Envelope.unwrap(body.bytes()).raw();
        case MESSAGE -> body.bytes();
      };
    } catch (CodecException e) {
      throw ApiException.badRequest(
          "%s in version \"%s\" cannot be handled as a %s: %s"
              .formatted(form.kind(), version(form), form.kind(), e.getMessage()));
    }
  }

  /// The message with its managed fields, which even what is never stored is answered with.
  private static byte[] tracked(
      ObjectForm form,
      RequestContext context,
      byte[] message,
      WriteOptions options,
      String subresource,
      InstantSource clock) {
    MessageType type = Schema.message(form.messageType());
    try {
      Map<String, @Nullable Object> tree = ProtobufCodec.decode(type, message);
      ManagedFields.afterWrite(
          Topology.of(type),
          null,
          tree,
          new FieldWriter(
              context.manager(options), form.apiVersion(), subresource, clock.instant()));
      return ProtobufCodec.encode(type, tree);
    } catch (CodecException e) {
      throw ApiException.badRequest("the body is no " + form.kind() + ": " + e.getMessage());
    }
  }

  private static byte[] message(
      ObjectForm form, RequestContext context, Json.Parsed parsed, WriteOptions options) {
    if (!(parsed.value() instanceof Map<?, ?>)) {
      throw new CodecException("an object is wanted");
    }
    @SuppressWarnings("unchecked")
    Map<String, @Nullable Object> tree = (Map<String, @Nullable Object>) parsed.value();
    Object kind = tree.get("kind");
    if (kind != null && !kind.equals(form.kind())) {
      throw new CodecException("no kind \"" + kind + "\" is expected here");
    }
    MessageType type = Schema.message(form.messageType());
    List<String> problems = FieldValidation.problems(type, parsed);
    if (!problems.isEmpty() && options.fieldValidation().equals("Strict")) {
      throw new CodecException(FieldValidation.strictError(problems));
    }
    if (!options.fieldValidation().equals("Ignore")) {
      problems.forEach(context::warn);
    }
    return ProtobufCodec.encode(type, tree);
  }

  private static String version(ObjectForm form) {
    return form.apiVersion().substring(form.apiVersion().indexOf('/') + 1);
  }
}
