package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.server.QueryParameters;
import io.kemudi.http.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a client wants an answer written: the encoding, what is made of the objects, and whether the
/// text is laid out for people.
public record Representation(Encoding encoding, As as, String version, boolean pretty) {
  /// The encodings, by media type.
  public enum Encoding {
    JSON(MediaType.JSON),
    YAML(MediaType.YAML),
    PROTOBUF(MediaType.PROTOBUF);

    private final String mediaType;

    Encoding(String mediaType) {
      this.mediaType = mediaType;
    }

    public String mediaType() {
      return mediaType;
    }
  }

  /// What the objects are turned into.
  public enum As {
    OBJECT,
    TABLE,
    PARTIAL
  }

  static final Representation PLAIN_JSON = new Representation(Encoding.JSON, As.OBJECT, "", false);

  private static final String ALL =
      "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  private static final String ALL_AND_STREAMS =
      ALL + ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

  /// What a request may be answered with.
  enum Shape {
    OBJECT,
    LIST
  }

  /// Chooses among what the client accepts; the first entry that can be served wins.
  ///
  /// @throws ApiException NOT_ACCEPTABLE in upstream's words
  static Representation negotiate(Headers headers, QueryParameters query, Shape shape) {
    List<String> accept = headers.list("accept");
    boolean pretty = pretty(headers, query);
    if (accept.isEmpty()) {
      return new Representation(Encoding.JSON, As.OBJECT, "", pretty);
    }
    String refusedConversion = null;
    for (MediaType type : MediaType.parseAll(accept)) {
      Encoding encoding = encoding(type.type());
      if (encoding == null) {
        continue;
      }
      String as = type.parameter("as");
      if (as.isEmpty()) {
        return new Representation(encoding, As.OBJECT, "", pretty);
      }
      As target = conversion(type, encoding);
      if (target == null) {
        refusedConversion = "only the following media types are accepted: " + ALL;
        continue;
      }
      boolean list = as.endsWith("List");
      if (target == As.PARTIAL && list != (shape == Shape.LIST)) {
        throw new ApiException(
            StatusReason.NOT_ACCEPTABLE,
            "you requested %s, but the requested object is %s"
                .formatted(as, list ? "not a list" : "a list"));
      }
      return new Representation(encoding, target, type.parameter("v"), pretty);
    }
    if (refusedConversion != null) {
      throw new ApiException(StatusReason.NOT_ACCEPTABLE, refusedConversion);
    }
    throw new ApiException(
        StatusReason.NOT_ACCEPTABLE,
        "406: Not Acceptable\n\nAvailable representations: "
            + (shape == Shape.LIST ? ALL_AND_STREAMS : ALL),
        StatusDetails.of("", "", ""));
  }

  /// For errors: as asked if possible, else JSON.
  static Representation forStatus(Headers headers, QueryParameters query) {
    for (MediaType type : MediaType.parseAll(headers.list("accept"))) {
      Encoding encoding = encoding(type.type());
      if (encoding != null) {
        return new Representation(encoding, As.OBJECT, "", pretty(headers, query));
      }
    }
    return new Representation(Encoding.JSON, As.OBJECT, "", pretty(headers, query));
  }

  private static @Nullable Encoding encoding(String type) {
    return switch (type) {
      case MediaType.JSON, "*/*" -> Encoding.JSON;
      case MediaType.YAML -> Encoding.YAML;
      case MediaType.PROTOBUF -> Encoding.PROTOBUF;
      default -> null;
    };
  }

  private static @Nullable As conversion(MediaType type, Encoding encoding) {
    boolean known =
        type.parameter("g").equals("meta.k8s.io")
            && (type.parameter("v").equals("v1") || type.parameter("v").equals("v1beta1"));
    if (!known) {
      return null;
    }
    return switch (type.parameter("as")) {
      case "Table" -> encoding == Encoding.PROTOBUF ? null : As.TABLE;
      case "PartialObjectMetadata", "PartialObjectMetadataList" -> As.PARTIAL;
      default -> null;
    };
  }

  /// People who use a browser or curl get lines; `pretty` overrides.
  private static boolean pretty(Headers headers, QueryParameters query) {
    if (query.has("pretty")) {
      return query.flag("pretty");
    }
    String agent = headers.first("user-agent", "");
    return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
  }
}
