package io.kemudi.simulation.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The reviewed list of differences that we want, each with its reason: the resource
/// `wanted-differences.txt`, a line `SCENARIO#N PATH -- REASON` or `SCENARIO#N PATH ~ TEXT --
/// REASON` each, where `*` stands for anything and `<same>` or `<rest>`, twice, for the same text.
final class WantedDifferences {
  private record Rule(Pattern exchange, Pattern path, Pattern text) {}

  private static final Pattern LINE = Pattern.compile("(\\S+) (.+?)(?: ~ (.+?))? -- .+");

  private final List<Rule> rules;

  private WantedDifferences(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  static WantedDifferences reviewed() throws IOException {
    var rules = new ArrayList<Rule>();
    for (String line : ReviewedFile.lines("wanted-differences.txt")) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        throw new IOException(
            "wanted-differences.txt: not SCENARIO#N PATH [~ TEXT] -- REASON: " + line);
      }
      String text = parts.group(3) == null ? "*" : parts.group(3);
      rules.add(new Rule(glob(parts.group(1)), glob(parts.group(2)), glob(text)));
    }
    return new WantedDifferences(rules);
  }

  /// Takes the wanted ones out of the differences.
  Outcome sort(Exchange exchange, boolean sameStatus, List<Difference> differences) {
    var unwanted = new ArrayList<Difference>();
    var wanted = new ArrayList<Difference>();
    for (Difference one : differences) {
      (isWanted(exchange, one) ? wanted : unwanted).add(one);
    }
    boolean allWanted = unwanted.isEmpty() && !wanted.isEmpty();
    return new Outcome(exchange, sameStatus || allWanted, unwanted, wanted);
  }

  private boolean isWanted(Exchange exchange, Difference one) {
    return rules.stream()
        .anyMatch(rule ->
            rule.exchange.matcher(exchange.id()).matches()
                && rule.path.matcher(one.path()).matches()
                && rule.text.matcher(one.text()).matches());
  }

  private static Pattern glob(String text) {
    String expression = Pattern.quote(text).replace("*", "\\E.*\\Q");
    for (String same : List.of("same", "rest")) {
      String mark = "<" + same + ">";
      int first = expression.indexOf(mark);
      if (first >= 0) {
        int behind = first + mark.length();
        expression =
            expression.substring(0, first)
                + "\\E(?<"
                + same
                + ">.*)\\Q"
                + expression.substring(behind).replace(mark, "\\E\\k<" + same + ">\\Q");
      }
    }
    return Pattern.compile(expression, Pattern.DOTALL);
  }
}
