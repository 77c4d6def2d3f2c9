package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.codec.ProtobufCodec;
import io.kemudi.apimachinery.crd.CustomSchema;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.store.KeyValue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Where and how the objects of one resource are stored: their keys (`prefix[namespace/]name`), the
/// form of their values, and the form in which they are cached (the hub's), of which only the
/// schema may change.
public final class StoredResource {
  private final String keyPrefix;
  private final boolean namespaced;
  private volatile ObjectForm hub;
  private final ValueForm form;
  private final Transformer transformer;
  private final UnaryOperator<byte[]> normalizer;

  /// How many of this server's own writes are remembered until the watch brings them.
  private static final int MAX_WRITTEN = 1024;

  /// Key -> what this server last stored under it, guarded by itself; the oldest go first.
  private final Map<String, Written> written =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Written> eldest) {
          return size() > MAX_WRITTEN;
        }
      };

  /// A message as it is stored, and the same with defaults, as it is cached and answered.
  record Written(byte[] stored, byte[] normal) {
    boolean stale() {
      return stored != normal;
    }
  }

  /// @param keyPrefix ends in a slash, so that no resource's keys are another's
  /// @param normalizer fills into a hub message what an older server did not; gives back the same
  ///   array where nothing is missing
  public StoredResource(
      String keyPrefix,
      boolean namespaced,
      ObjectForm hub,
      ValueForm form,
      Transformer transformer,
      UnaryOperator<byte[]> normalizer) {
    this.normalizer = normalizer;
    this.keyPrefix = keyPrefix;
    this.namespaced = namespaced;
    this.hub = hub;
    this.form = form;
    this.transformer = transformer;
  }

  public String keyPrefix() {
    return keyPrefix;
  }

  public boolean namespaced() {
    return namespaced;
  }

  public ObjectForm hub() {
    return hub;
  }

  /// Takes up another schema of the same form; what is cached already keeps the one it was read by.
  public void follow(ObjectForm changed) {
    if (!changed.shows(hub)) {
      throw new IllegalArgumentException(changed + " is another form than " + hub);
    }
    hub = changed;
  }

  /// The form of a message: the hub's, without a schema when its content is not what that lets in.
  ObjectForm formOf(byte[] message) {
    ObjectForm form = hub;
    CustomSchema schema = form.schema();
    if (schema == null) {
      return form;
    }
    Map<String, @Nullable Object> tree =
        ProtobufCodec.decode(Schema.message(form.messageType()), message);
    return schema.settle(tree) ? form.unsettled() : form;
  }

  public String key(String namespace, String name) {
    return namespaced ? keyPrefix + namespace + "/" + name : keyPrefix + name;
  }

  /// What stands behind the prefix, under which the cache knows the object.
  String cacheKey(String key) {
    return key.substring(keyPrefix.length());
  }

  /// @throws IllegalArgumentException when the stored value cannot be read, naming its key
  public StoredObject read(KeyValue pair) {
    return read(pair.key(), pair.value(), pair.modRevision());
  }

  StoredObject read(String key, byte[] value, long revision) {
    try {
      Transformer.Plain plain = transformer.fromStored(key, value);
      byte[] message = form.toMessage(plain.bytes());
      return object(key, normalized(key, message), revision, plain.stale());
    } catch (UnreadableValueException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("reading " + key + ": " + e.getMessage(), e);
    }
  }

  /// What this server wrote itself needs no second look.
  private Written normalized(String key, byte[] message) {
    synchronized (written) {
      Written known = written.get(key);
      if (known != null && Arrays.equals(known.stored, message)) {
        return known;
      }
    }
    return new Written(message, normalizer.apply(message));
  }

  private StoredObject object(String key, Written message, long revision, boolean stale) {
    int slash = namespaced ? key.indexOf('/', keyPrefix.length()) : keyPrefix.length() - 1;
    if (slash < 0) {
      throw new IllegalArgumentException("the key has no namespace");
    }
    String namespace = namespaced ? key.substring(keyPrefix.length(), slash).intern() : "";
    return new StoredObject(
        formOf(message.normal()),
        namespace,
        key.substring(slash + 1),
        ObjectBytes.withRevision(message.normal(), revision),
        revision,
        stale || message.stale());
  }

  /// Remembers what is about to be stored, a hub message without a resourceVersion. The changes of
  /// an object are normal; a new one may have been completed after its defaults were set.
  Written writing(String key, byte[] message, boolean isNew) {
    Written now = new Written(message, isNew ? normalizer.apply(message) : message);
    synchronized (written) {
      written.remove(key);
      written.put(key, now);
    }
    return now;
  }

  /// The value to store for a hub message without a resourceVersion.
  public byte[] write(String key, byte[] message) {
    return transformer.toStored(key, form.toValue(message));
  }
}
