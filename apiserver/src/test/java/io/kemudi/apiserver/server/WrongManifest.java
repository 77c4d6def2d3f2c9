package io.kemudi.apiserver.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One case of `wrong-manifests.txt`, whose head explains the form.
///
/// @param expected what the answer has to name, by `path`, `at`, `value`, `nearest`
/// @param accepted the documents to apply first, which are right
/// @param wrong the document that is refused
record WrongManifest(
    String name, Map<String, String> expected, List<String> accepted, String wrong) {
  static List<WrongManifest> all() throws Exception {
    String text;
    try (var file =
        Objects.requireNonNull(WrongManifest.class.getResourceAsStream("wrong-manifests.txt"))) {
      text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
    var all = new ArrayList<WrongManifest>();
    String[] parts = text.split("(?m)^#### ");
    for (int i = 1; i < parts.length; i++) {
      all.add(read(parts[i]));
    }
    return all;
  }

  private static WrongManifest read(String text) {
    String[] lines = text.stripTrailing().split("\n", -1);
    var expected = new HashMap<String, String>();
    var documents = new ArrayList<String>();
    var document = new StringBuilder();
    for (int i = 1; i < lines.length; i++) {
      if (lines[i].equals("#> then") || lines[i].equals("---")) {
        documents.add(document.toString());
        document.setLength(0);
      } else if (lines[i].startsWith("#> ")) {
        String[] pair = lines[i].substring(3).split(": ", 2);
        expected.put(pair[0], pair.length == 2 ? pair[1] : "");
      } else {
        document.append(lines[i]).append('\n');
      }
    }
    return new WrongManifest(lines[0], expected, documents, document.toString());
  }

  boolean isJson() {
    return expected.containsKey("json");
  }
}
