package io.kemudi.apimachinery.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// What a Kubernetes 1.36.2 API server answered and stored, one object per line.
public final class RecordedObjects {
  /// One recorded object: the parts of its line by name.
  public record Row(Map<String, @Nullable Object> parts) {
    public String name() {
      return text("group") + "/" + text("version") + "/" + text("resource") + "/" + text("variant");
    }

    public String text(String key) {
      return Trees.string(parts, key);
    }

    public byte[] bytes(String key) {
      return Base64.getDecoder().decode(text(key));
    }

    public Map<String, @Nullable Object> tree(String key) {
      return Trees.object(parts.get(key), key);
    }

    public boolean has(String key) {
      return parts.get(key) instanceof Map;
    }

    /// The answer to GET, which the recording leaves out where it equals the answer to the write.
    public Map<String, @Nullable Object> get() {
      if (parts.get("get") instanceof String same) {
        return tree(same.substring(1));
      }
      return tree("get");
    }

    @Override
    public String toString() {
      return name();
    }
  }

  private RecordedObjects() {}

  public static List<Row> all() {
    var rows = new ArrayList<Row>();
    for (String line : lines("recorded-objects.jsonl.gz")) {
      rows.add(new Row(Json.parseObject(line.getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }
    return rows;
  }

  public static List<String> lines(String resource) {
    try (InputStream in =
        new GZIPInputStream(
            RecordedObjects.class.getResourceAsStream("/io/kemudi/apimachinery/" + resource))) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
