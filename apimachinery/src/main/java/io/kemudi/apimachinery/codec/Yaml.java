package io.kemudi.apimachinery.codec;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/// YAML text to trees, by the YAML 1.1 rules that Kubernetes' own tools apply: `yes` and `on` are
/// booleans, `014` is twelve, `~` is null, times are strings. See [YamlScalars].
public final class Yaml {
  /// A plain scalar without a tag, whose type its text decides.
  static final Tag PLAIN = new Tag("!kemudi/plain");

  /// Larger documents are refused before they are read; a request's body is at most 3 MiB.
  private static final int MAX_CHARACTERS = 16 << 20;

  private Yaml() {}

  /// The first document, as the API server reads a body; null when there is none.
  ///
  /// @throws CodecException naming line and column
  public static Json.Parsed parse(byte[] text) {
    List<Json.Parsed> documents = read(text, true);
    return documents.isEmpty() ? new Json.Parsed(null, List.of()) : documents.getFirst();
  }

  /// All documents that are not empty, as a manifest file is read.
  ///
  /// @throws CodecException naming line and column
  public static List<Json.Parsed> parseAll(byte[] text) {
    return read(text, false);
  }

  private static List<Json.Parsed> read(byte[] text, boolean firstOnly) {
    var documents = new ArrayList<Json.Parsed>();
    try {
      String source = new String(text, StandardCharsets.UTF_8);
      for (Node root : composer().composeAll(new StringReader(source))) {
        Json.Parsed document = new YamlNodes().document(root);
        if (document.value() != null || firstOnly) {
          documents.add(document);
        }
        if (firstOnly) {
          break;
        }
      }
    } catch (MarkedYAMLException e) {
      throw YamlProblems.of(e);
    } catch (IllegalArgumentException e) { // the reader itself trips: over tags, over cut escapes
      throw new CodecException("yaml: malformed tag or escape: " + e.getMessage());
    } catch (YAMLException e) {
      throw new CodecException("yaml: " + e.getMessage());
    }
    return documents;
  }

  private static org.yaml.snakeyaml.Yaml composer() {
    var options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setMaxAliasesForCollections(Integer.MAX_VALUE); // YamlNodes bounds what they amount to
    options.setNestingDepthLimit(Json.MAX_DEPTH);
    var dumper = new DumperOptions();
    return new org.yaml.snakeyaml.Yaml(
        new SafeConstructor(options), new Representer(dumper), dumper, options, new KeepPlain());
  }

  /// Leaves the type of plain scalars open.
  private static final class KeepPlain extends Resolver {
    @Override
    protected void addImplicitResolvers() {}

    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
      return kind == NodeId.scalar && implicit ? PLAIN : super.resolve(kind, value, implicit);
    }
  }
}
