package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.validation.FieldError;
import io.kemudi.kubernetes.meta.v1.ObjectMeta;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The functions of one kind, called by the generic write path. Trees and messages are of the
/// kind's hub version ([ResourceInfos#hub]). Functions are pure but for the tree they are told to
/// change, safe for concurrent use, and never block.
///
/// `subresource` is "" for the object itself, else `status`, `ephemeralcontainers`, `resize`, ...
/// Only trees that decode into the kind's message may come in.
public interface Kind {
  String group();

  String kind();

  /// Parses a hub message; `validate` and the others take what it gives.
  Parser<? extends Message> parser();

  /// The metadata of a message that the parser gave.
  ObjectMeta metadata(Message object);

  /// Fills in what a client may leave out. Changes the tree in place; a second run changes nothing.
  /// Also for objects read from the store, which an older server may have written.
  void applyDefaults(Map<String, @Nullable Object> tree);

  /// Resets what a client cannot set at creation (status, generation, ...). Runs after defaulting.
  void prepareForCreate(Map<String, @Nullable Object> tree);

  /// Keeps of `old` what this write cannot change (status on a write of the object, all but the
  /// status on a write of the status) and counts the generation up where the desired state differs.
  void prepareForUpdate(
      Map<String, @Nullable Object> tree, Map<String, @Nullable Object> old, String subresource);

  /// What forbids the creation of the object; empty when all is well.
  List<FieldError> validate(Message object);

  /// The refusal of the object called `name` for these errors.
  default ApiException invalid(String name, List<FieldError> errors) {
    return FieldError.toStatus(group(), kind(), name, errors);
  }

  /// What forbids that `old` becomes `object`.
  List<FieldError> validateUpdate(Message object, Message old, String subresource);

  /// Advice about an accepted write, for Warning headers. `old` is null at creation.
  List<String> warnings(Message object, @Nullable Message old);

  /// The names that a field selector of this kind may use, in upstream's order.
  List<String> selectableFields();

  /// The complaint about a field selector that names another field.
  String unsupportedField(String field);

  /// The value of one of [#selectableFields] ("" when absent).
  String selectableField(Message object, String field);
}
