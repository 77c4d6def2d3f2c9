package io.kemudi.apiserver.admission;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.codec.CodecException;
import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.kubernetes.core.v1.Pod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Trees as messages, for plugins that read much and change nothing.
final class Messages {
  private Messages() {}

  static Pod pod(Map<String, @Nullable Object> tree) {
    return of("core.v1.Pod", Pod.parser(), tree);
  }

  /// `type` is the message's name in the schema.
  ///
  /// @throws ApiException 400 when the tree is no such message
  static <T extends Message> T of(
      String type, Parser<T> parser, Map<String, @Nullable Object> tree) {
    try {
      return parser.parseFrom(ProtobufCodec.encode(Schema.message(type), tree));
    } catch (CodecException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("what was encoded as " + type + " is none", e);
    }
  }
}
