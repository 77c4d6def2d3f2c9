package io.kemudi.apimachinery.kinds;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is wrong with a schedule in cron's five fields (`30 4 * * MON-FRI`), or in one of the words
/// and phrases in their place (`@daily`, `@every 1h30m`).
final class CronSchedule {
  private static final Set<String> WORDS =
      Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
  private static final String EVERY = "@every ";
  private static final Pattern DURATION =
      Pattern.compile("[-+]?(0|(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+");

  /// The values that one field can have; names stand for `low`, `low + 1`, ...
  private record Field(int low, int high, List<String> names) {}

  private static final List<Field> FIELDS =
      List.of(
          new Field(0, 59, List.of()),
          new Field(0, 23, List.of()),
          new Field(1, 31, List.of()),
          new Field(
              1,
              12,
              List.of(
                  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                  "dec")),
          new Field(0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));

  /// Ends the reading of a field with the complaint.
  private static final class BadField extends Exception {
    private static final long serialVersionUID = 1L;

    BadField(String message) {
      super(message);
    }
  }

  private CronSchedule() {}

  /// The first thing that is wrong, as upstream says it; empty when it can be read.
  static Optional<String> wrong(String schedule) {
    String spec = schedule;
    if (spec.startsWith("TZ=") || spec.startsWith("CRON_TZ=")) {
      int blank = spec.indexOf(' ');
      String zone = spec.substring(spec.indexOf('=') + 1, blank < 0 ? spec.length() : blank);
      if (!isZone(zone)) {
        return Optional.of("provided bad location " + zone + ": unknown time zone " + zone);
      }
      spec = blank < 0 ? "" : spec.substring(blank).strip();
    }
    if (spec.startsWith("@")) {
      return Optional.ofNullable(wrongDescriptor(spec));
    }
    List<String> fields = new ArrayList<>(List.of(spec.strip().split("\\s+")));
    fields.remove("");
    if (fields.size() != FIELDS.size()) {
      return Optional.of(
          "expected exactly 5 fields, found "
              + fields.size()
              + ": ["
              + String.join(" ", fields)
              + "]");
    }
    try {
      for (int i = 0; i < fields.size(); i++) {
        for (String range : fields.get(i).split(",", -1)) {
          if (!range.isEmpty()) {
            check(range, FIELDS.get(i));
          }
        }
      }
      return Optional.empty();
    } catch (BadField e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /// Whether it is a name in the time zone database; `Local` is none, for it moves with the server.
  static boolean isZone(String name) {
    return name.isEmpty() || ZoneId.getAvailableZoneIds().contains(name);
  }

  private static @Nullable String wrongDescriptor(String spec) {
    if (WORDS.contains(spec)) {
      return null;
    }
    if (!spec.startsWith(EVERY)) {
      return "unrecognized descriptor: " + spec;
    }
    String duration = spec.substring(EVERY.length());
    Matcher matcher = DURATION.matcher(duration);
    return matcher.matches()
        ? null
        : "failed to parse duration " + spec + ": time: invalid duration \"" + duration + "\"";
  }

  private static void check(String range, Field field) throws BadField {
    String[] rangeAndStep = range.split("/", -1);
    String[] lowAndHigh = rangeAndStep[0].split("-", -1);
    int start = field.low;
    int end = field.high;
    if (!lowAndHigh[0].equals("*") && !lowAndHigh[0].equals("?")) {
      start = value(lowAndHigh[0], field);
      if (lowAndHigh.length > 2) {
        throw new BadField("too many hyphens: " + range);
      }
      end = lowAndHigh.length == 1 ? start : value(lowAndHigh[1], field);
    }
    int step = 1;
    if (rangeAndStep.length > 2) {
      throw new BadField("too many slashes: " + range);
    }
    if (rangeAndStep.length == 2) {
      step = number(rangeAndStep[1]);
      // A lone number with a step goes on to the end.
      end = lowAndHigh.length == 1 ? field.high : end;
    }
    if (start < field.low) {
      throw new BadField(
          "beginning of range (%d) below minimum (%d): %s".formatted(start, field.low, range));
    }
    if (end > field.high) {
      throw new BadField(
          "end of range (%d) above maximum (%d): %s".formatted(end, field.high, range));
    }
    if (start > end) {
      throw new BadField(
          "beginning of range (%d) beyond end of range (%d): %s".formatted(start, end, range));
    }
    if (step == 0) {
      throw new BadField("step of range should be a positive number: " + range);
    }
  }

  private static int value(String text, Field field) throws BadField {
    int name = field.names.indexOf(text.toLowerCase(Locale.ROOT));
    return name >= 0 ? field.low + name : number(text);
  }

  private static int number(String text) throws BadField {
    int number;
    try {
      number = Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      throw new BadField(
          "failed to parse int from %s: strconv.Atoi: parsing \"%s\": invalid syntax"
              .formatted(text, text));
    }
    if (number < 0) {
      throw new BadField("negative number (%d) not allowed: %s".formatted(number, text));
    }
    return number;
  }
}
