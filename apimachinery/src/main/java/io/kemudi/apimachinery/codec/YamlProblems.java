package io.kemudi.apimachinery.codec;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/// What is wrong with a text that is no YAML, in the words of the reader of Kubernetes' tools where
/// it has words for it, and where: the line as upstream has it, the column behind it.
final class YamlProblems {
  /// The beginning of what our reader says, and what users of libyaml know it as.
  private static final Map<String, String> WORDS =
      Map.of(
          "found character", "found character that cannot start any token",
          "mapping values are not allowed", "mapping values are not allowed in this context",
          "could not find expected ':'", "could not find expected ':'",
          "expected <block end>, but found '-'", "did not find expected '-' indicator",
          "expected <block end>", "did not find expected key",
          "expected the node content", "did not find expected node content",
          "expected ',' or ']'", "did not find expected ',' or ']'",
          "expected ',' or '}'", "did not find expected ',' or '}'");

  private YamlProblems() {}

  static CodecException of(MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    if (mark == null) {
      return new CodecException("yaml: " + e.getProblem());
    }
    return at(mark, words(String.valueOf(e.getProblem())) + opened(e));
  }

  static CodecException at(@Nullable Mark mark, String why) {
    if (mark == null) {
      return new CodecException("yaml: " + why);
    }
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    // upstream's reader leaves out the first line
    return new CodecException(
        line == 1
            ? "yaml: " + why + " (line 1, column " + column + ")"
            : "yaml: line " + line + ": " + why + " (column " + column + ")");
  }

  private static String words(String problem) {
    return WORDS.entrySet().stream()
        .filter(entry -> problem.startsWith(entry.getKey()))
        .max(Map.Entry.comparingByKey())
        .map(Map.Entry::getValue)
        .orElse(problem);
  }

  /// The end of the text is where an open quote is noticed, not where it is missing.
  private static String opened(MarkedYAMLException e) {
    Mark start = e.getContextMark();
    boolean open =
        start != null && String.valueOf(e.getProblem()).contains("unexpected end of stream");
    return open
        ? " in what begins at line " + (start.getLine() + 1) + ", column " + (start.getColumn() + 1)
        : "";
  }
}
