package io.kemudi.nodeagent.embedded.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/// An image on this node. `id` is the digest of its config; `layers` are the folders of its layers
/// by chain, lowest first. Immutable: a new tag makes a new value.
public record StoredImage(
    String id,
    List<String> tags,
    List<String> digests,
    long sizeBytes,
    List<String> layers,
    Defaults defaults) {

  /// What the image says about how to run it.
  public record Defaults(
      List<String> env,
      List<String> entrypoint,
      List<String> command,
      String user,
      String workingDir,
      String stopSignal) {
    static final Defaults NONE = new Defaults(List.of(), List.of(), List.of(), "", "", "");

    static Defaults of(JsonObject imageConfig) {
      JsonObject config = Json.object(imageConfig, "config");
      return new Defaults(
          Json.strings(config, "Env"),
          Json.strings(config, "Entrypoint"),
          Json.strings(config, "Cmd"),
          Json.string(config, "User"),
          Json.string(config, "WorkingDir"),
          Json.string(config, "StopSignal"));
    }
  }

  public StoredImage {
    tags = List.copyOf(tags);
    digests = List.copyOf(digests);
    layers = List.copyOf(layers);
  }

  /// Whether this is the machine itself (see [HostImage]).
  public boolean isHost() {
    return id.equals(HostImage.ID);
  }

  StoredImage withNames(List<String> newTags, List<String> newDigests) {
    return new StoredImage(id, newTags, newDigests, sizeBytes, layers, defaults);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("id", id);
    json.add("tags", array(tags));
    json.add("digests", array(digests));
    json.addProperty("sizeBytes", sizeBytes);
    json.add("layers", array(layers));
    JsonObject config = new JsonObject();
    config.add("Env", array(defaults.env()));
    config.add("Entrypoint", array(defaults.entrypoint()));
    config.add("Cmd", array(defaults.command()));
    config.addProperty("User", defaults.user());
    config.addProperty("WorkingDir", defaults.workingDir());
    config.addProperty("StopSignal", defaults.stopSignal());
    json.add("config", config);
    return json;
  }

  static StoredImage fromJson(JsonObject json) {
    return new StoredImage(
        Json.string(json, "id"),
        Json.strings(json, "tags"),
        Json.strings(json, "digests"),
        json.get("sizeBytes").getAsLong(),
        Json.strings(json, "layers"),
        Defaults.of(json));
  }

  private static JsonArray array(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  /// Reading of JSON that may lack fields or hold nulls, as image configs do.
  static final class Json {
    private Json() {}

    static String string(JsonObject json, String name) {
      JsonElement value = json.get(name);
      return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    static JsonObject object(JsonObject json, String name) {
      JsonElement value = json.get(name);
      return value == null || !value.isJsonObject() ? new JsonObject() : value.getAsJsonObject();
    }

    static List<JsonElement> elements(JsonObject json, String name) {
      JsonElement value = json.get(name);
      return value == null || !value.isJsonArray() ? List.of() : value.getAsJsonArray().asList();
    }

    static List<String> strings(JsonObject json, String name) {
      List<String> strings = new ArrayList<>();
      elements(json, name).forEach(e -> strings.add(e.getAsString()));
      return List.copyOf(strings);
    }
  }
}
