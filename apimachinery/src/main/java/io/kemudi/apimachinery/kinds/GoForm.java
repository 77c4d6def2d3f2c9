package io.kemudi.apimachinery.kinds;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.kemudi.apimachinery.schema.FieldType;
import io.kemudi.apimachinery.schema.MessageType;
import io.kemudi.apimachinery.schema.Schema;
import io.kemudi.kubernetes.intstr.IntOrString;
import io.kemudi.kubernetes.quantity.Quantity;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A message as upstream's errors show the struct in it: every field by its Go name, null where a
/// pointer, list or map is not set.
final class GoForm {
  /// Where the Go name is not the JSON name with a capital.
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("gcePersistentDisk", "GCEPersistentDisk"),
          Map.entry("awsElasticBlockStore", "AWSElasticBlockStore"),
          Map.entry("nfs", "NFS"),
          Map.entry("rbd", "RBD"),
          Map.entry("iscsi", "ISCSI"),
          Map.entry("cephfs", "CephFS"),
          Map.entry("fc", "FC"),
          Map.entry("storageos", "StorageOS"),
          Map.entry("csi", "CSI"),
          Map.entry("cel", "CEL"),
          Map.entry("apiGroup", "APIGroup"),
          Map.entry("apiVersion", "APIVersion"),
          Map.entry("apiGroups", "APIGroups"),
          Map.entry("uid", "UID"),
          Map.entry("url", "URL"),
          Map.entry("pdName", "PDName"),
          Map.entry("iqn", "IQN"),
          Map.entry("fsType", "FSType"),
          Map.entry("fsGroup", "FSGroup"),
          Map.entry("fsGroupChangePolicy", "FSGroupChangePolicy"),
          Map.entry("seLinuxOptions", "SELinuxOptions"),
          Map.entry("seLinuxChangePolicy", "SELinuxChangePolicy"),
          Map.entry("dnsPolicy", "DNSPolicy"),
          Map.entry("dnsConfig", "DNSConfig"),
          Map.entry("os", "OS"),
          Map.entry("tty", "TTY"),
          Map.entry("ip", "IP"),
          Map.entry("httpGet", "HTTPGet"),
          Map.entry("httpHeaders", "HTTPHeaders"),
          Map.entry("tcpSocket", "TCPSocket"),
          Map.entry("grpc", "GRPC"));

  /// Where upstream's own struct has a field earlier than the published one: before which.
  private static final Map<String, Map<String, String>> EARLIER =
      Map.of(
          "core.v1.VolumeSource", Map.of("flexVolume", "quobyte"),
          "core.v1.PersistentVolumeSource", Map.of("iscsi", "quobyte"),
          "core.v1.PodSpec",
              Map.of(
                  "affinity", "setHostnameAsFQDN",
                  "dnsConfig", "preemptionPolicy",
                  "enableServiceLinks", "overhead"));

  /// Fields of a pod that upstream's own struct keeps at the head of its security context.
  private static final List<String> OF_SECURITY_CONTEXT =
      List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers");

  private GoForm() {}

  static Map<String, @Nullable Object> of(Message message) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    MessageType type = type(message);
    Map<String, String> earlier = EARLIER.getOrDefault(type.name(), Map.of());
    for (FieldType field : type.fields()) {
      FieldDescriptor descriptor = message.getDescriptorForType().findFieldByNumber(field.number);
      if (field.inline) {
        shown.putAll(of((Message) message.getField(descriptor)));
        continue;
      }
      String first = earlier.get(field.jsonName);
      if (first != null) {
        shown.put(name(first), null); // keeps its place until it comes by
      }
      shown.put(name(field.jsonName), value(message, descriptor, field));
    }
    return type.name().equals("core.v1.PodSpec") ? internalPod(shown) : shown;
  }

  private static Map<String, @Nullable Object> internalPod(Map<String, @Nullable Object> spec) {
    Map<String, @Nullable Object> security = new LinkedHashMap<>();
    for (String field : OF_SECURITY_CONTEXT) {
      security.put(name(field), spec.remove(name(field)));
    }
    if (spec.get("SecurityContext") instanceof Map<?, ?> rest) {
      rest.forEach((name, value) -> security.put((String) name, value));
      spec.put("SecurityContext", security);
    }
    spec.remove("ServiceAccount"); // the other name of ServiceAccountName
    return spec;
  }

  /// The schema knows a message by its group, version and name.
  private static MessageType type(Message message) {
    String[] parts = message.getDescriptorForType().getFullName().split("\\.");
    int last = parts.length - 1;
    return Schema.message(parts[last - 2] + "." + parts[last - 1] + "." + parts[last]);
  }

  private static String name(String jsonName) {
    String known = NAMES.get(jsonName);
    return known != null
        ? known
        : Character.toUpperCase(jsonName.charAt(0)) + jsonName.substring(1);
  }

  private static @Nullable Object value(
      Message message, FieldDescriptor descriptor, FieldType field) {
    return switch (field.shape) {
      case LIST -> list((List<?>) message.getField(descriptor));
      case MAP -> map((List<?>) message.getField(descriptor));
      case POINTER -> message.hasField(descriptor) ? one(message.getField(descriptor)) : null;
      case VALUE -> one(message.getField(descriptor));
    };
  }

  private static @Nullable Object list(List<?> elements) {
    if (elements.isEmpty()) {
      return null;
    }
    List<@Nullable Object> shown = new ArrayList<>();
    elements.forEach(element -> shown.add(one(element)));
    return shown;
  }

  private static @Nullable Object map(List<?> entries) {
    if (entries.isEmpty()) {
      return null;
    }
    Map<String, @Nullable Object> shown = new TreeMap<>();
    for (Object element : entries) {
      Message entry = (Message) element;
      Object key = entry.getField(entry.getDescriptorForType().findFieldByNumber(1));
      shown.put(
          (String) key, one(entry.getField(entry.getDescriptorForType().findFieldByNumber(2))));
    }
    return shown;
  }

  private static @Nullable Object one(Object value) {
    return switch (value) {
      case Quantity quantity -> ResourcesValidation.quantity(quantity).toString();
      case IntOrString either ->
          either.getType() == 0 ? (Object) either.getIntVal() : either.getStrVal();
      case ByteString bytes ->
          bytes.isEmpty() ? null : Base64.getEncoder().encodeToString(bytes.toByteArray());
      case Message message -> of(message);
      default -> value;
    };
  }
}
