import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Writes one `.proto` file per schema file, so that messages and codec tables come from the same
/// facts. Run by the build as a single source file: `java GenerateMessages.java SCHEMA_DIR OUT_DIR`.
///
/// The schema form is described in `proto/README.md`. The wire form is proto2 with every scalar
/// `optional`, as the upstream API is declared; which of them are written even when zero is the
/// codec's business, not the message's.
public final class GenerateMessages {
  private record Field(String name, int number, String type) {}

  private record Message(String name, List<Field> fields) {}

  private record Schema(String alias, String protoPackage, List<Message> messages) {}

  public static void main(String[] args) throws IOException {
    var schemas = new HashMap<String, Schema>();
    try (Stream<Path> files = Files.list(Path.of(args[0]))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".schema")).sorted().toList()) {
        Schema schema = read(file);
        schemas.put(schema.alias(), schema);
      }
    }
    Path out = Path.of(args[1]);
    Files.createDirectories(out);
    for (Schema schema : schemas.values()) {
      writeIfChanged(out.resolve(schema.alias() + ".proto"), render(schema, schemas));
    }
  }

  private static Schema read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String[] header = lines.getFirst().split(" ");
    var messages = new ArrayList<Message>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith("message ")) {
        messages.add(new Message(line.split(" ")[1], new ArrayList<>()));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        messages.getLast().fields().add(field(line.strip().split(" ")));
      }
    }
    return new Schema(header[1], header[2], messages);
  }

  private static Field field(String[] words) {
    String name = words[0];
    for (String word : words) {
      if (word.startsWith("pb=")) {
        name = word.substring(3);
      }
    }
    return new Field(name, Integer.parseInt(words[1]), words[2]);
  }

  private static String render(Schema schema, Map<String, Schema> schemas) {
    var imports = new TreeSet<String>();
    var body = new StringBuilder();
    for (Message message : schema.messages()) {
      body.append("\nmessage ").append(message.name()).append(" {\n");
      for (Field field : message.fields()) {
        body.append("  ").append(declare(field, schema, schemas, imports)).append(";\n");
      }
      body.append("}\n");
    }
    var text = new StringBuilder("syntax = \"proto2\";\npackage " + schema.protoPackage() + ";\n");
    imports.forEach(alias -> text.append("import \"").append(alias).append(".proto\";\n"));
    text.append("option java_multiple_files = true;\n")
        .append("option java_package = \"io.kemudi.kubernetes." + schema.alias() + "\";\n")
        .append("option java_outer_classname = \"SchemaFile\";\n");
    return text.append(body).toString();
  }

  private static String declare(
      Field field, Schema schema, Map<String, Schema> schemas, TreeSet<String> imports) {
    String type = field.type();
    String label = "optional ";
    if (type.startsWith("map[string]")) {
      String value = protoType(type.substring("map[string]".length()), schema, schemas, imports);
      return "map<string, " + value + "> " + field.name() + " = " + field.number();
    }
    if (type.startsWith("[]")) {
      label = "repeated ";
      type = type.substring(2);
    } else if (type.startsWith("*")) {
      type = type.substring(1);
    }
    return label + protoType(type, schema, schemas, imports) + " " + field.name() + " = " + field.number();
  }

  private static String protoType(
      String type, Schema schema, Map<String, Schema> schemas, TreeSet<String> imports) {
    int dot = type.lastIndexOf('.');
    if (dot < 0) {
      boolean scalar = Character.isLowerCase(type.charAt(0));
      return scalar ? type : "." + schema.protoPackage() + "." + type;
    }
    String alias = type.substring(0, dot);
    imports.add(alias);
    return "." + schemas.get(alias).protoPackage() + type.substring(dot);
  }

  private static void writeIfChanged(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }
}
