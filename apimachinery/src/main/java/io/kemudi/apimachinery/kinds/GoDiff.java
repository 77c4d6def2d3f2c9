package io.kemudi.apimachinery.kinds;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What changed between two structs, as upstream's errors about immutable ones tell it: a unified
/// diff of their indented JSON.
final class GoDiff {
  private static final int CONTEXT = 3;

  /// Beyond this many lines nobody reads a diff, and finding one costs their product.
  private static final int LINES_MAX = 1000;

  /// A line of either side, or of both; `sign` is ' ', '-' or '+'.
  private record Line(char sign, String text) {}

  private GoDiff() {}

  static String of(Message old, Message now) {
    List<String> before = lines(GoForm.of(old));
    List<String> after = lines(GoForm.of(now));
    if (before.size() > LINES_MAX || after.size() > LINES_MAX) {
      return "(too long to show)\n";
    }
    return hunks(edits(before, after));
  }

  private static List<String> lines(Map<String, @Nullable Object> tree) {
    StringBuilder out = new StringBuilder();
    write(tree, "\n", out);
    return List.of(out.toString().split("\n"));
  }

  private static void write(@Nullable Object value, String indent, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(separator).append(indent).append(" \"").append(entry.getKey()).append("\": ");
          write(entry.getValue(), indent + " ", out);
          separator = ",";
        }
        out.append(map.isEmpty() ? "" : indent).append('}');
      }
      case List<?> list -> {
        out.append('[');
        String separator = "";
        for (Object element : list) {
          out.append(separator).append(indent).append(' ');
          write(element, indent + " ", out);
          separator = ",";
        }
        out.append(list.isEmpty() ? "" : indent).append(']');
      }
      case String text -> out.append('"').append(escaped(text)).append('"');
      case null -> out.append("null");
      default -> out.append(value);
    }
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /// All lines with their signs, by the longest common subsequence.
  private static List<Line> edits(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    List<Line> edits = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      boolean both = i < before.size() && j < after.size();
      if (both && before.get(i).equals(after.get(j))) {
        edits.add(new Line(' ', before.get(i)));
        i++;
        j++;
      } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
        edits.add(new Line('-', before.get(i++)));
      } else {
        edits.add(new Line('+', after.get(j++)));
      }
    }
    return edits;
  }

  private static String hunks(List<Line> edits) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (true) {
      int first = nextChange(edits, at);
      if (first == edits.size()) {
        return out.toString();
      }
      int last = first;
      for (int next = first; next < edits.size() && next - last <= 2 * CONTEXT + 1; ) {
        last = next;
        next = nextChange(edits, next + 1);
      }
      int from = Math.max(at, first - CONTEXT);
      int to = Math.min(edits.size(), last + CONTEXT + 1);
      hunk(edits, from, to, out);
      at = to;
    }
  }

  private static int nextChange(List<Line> edits, int from) {
    int at = from;
    while (at < edits.size() && edits.get(at).sign == ' ') {
      at++;
    }
    return at;
  }

  private static void hunk(List<Line> edits, int from, int to, StringBuilder out) {
    int[] start = {1, 1};
    int[] length = {0, 0};
    for (int i = 0; i < to; i++) {
      int[] counted = i < from ? start : length;
      counted[0] += edits.get(i).sign == '+' ? 0 : 1;
      counted[1] += edits.get(i).sign == '-' ? 0 : 1;
    }
    out.append("@@ -").append(start[0]).append(',').append(length[0]);
    out.append(" +").append(start[1]).append(',').append(length[1]).append(" @@\n");
    for (Line line : edits.subList(from, to)) {
      out.append(line.sign).append(line.text).append('\n');
    }
  }
}
