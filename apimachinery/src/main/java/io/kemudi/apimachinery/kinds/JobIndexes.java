package io.kemudi.apimachinery.kinds;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// Indexes of a job's pods as its status and its success policy list them: `1,3-5,7`, ascending.
record JobIndexes(List<Interval> intervals) {
  /// From the first to the last, both included.
  record Interval(int first, int last) {}

  /// Says in upstream's words what is wrong with a list.
  static final class FormatException extends Exception {
    private static final long serialVersionUID = 1L;

    FormatException(String message) {
      super(message);
    }
  }

  int count() {
    return intervals.stream().mapToInt(one -> one.last - one.first + 1).sum();
  }

  /// @param completions how many indexes there are
  static JobIndexes parse(String text, int completions) throws FormatException {
    List<Interval> intervals = new ArrayList<>();
    if (text.isEmpty()) {
      return new JobIndexes(intervals);
    }
    int last = -1;
    for (String part : text.split(",", -1)) {
      Interval interval = interval(part, completions);
      if (last >= 0 && last >= interval.first) {
        throw new FormatException(
            "non-increasing order, previous: " + last + ", current: " + interval.first);
      }
      last = interval.last;
      intervals.add(interval);
    }
    return new JobIndexes(intervals);
  }

  /// The intervals that can be read; the others are complained of elsewhere.
  static JobIndexes readable(String text, int completions) {
    List<Interval> intervals = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      try {
        intervals.add(interval(part, completions));
      } catch (FormatException _) {
        // Validation has said so already.
      }
    }
    return new JobIndexes(intervals);
  }

  /// The first index that is in both.
  OptionalInt overlap(JobIndexes other) {
    int ours = 0;
    int theirs = 0;
    while (ours < intervals.size() && theirs < other.intervals.size()) {
      Interval a = intervals.get(ours);
      Interval b = other.intervals.get(theirs);
      if (a.first <= b.last && b.first <= a.last) {
        return OptionalInt.of(Math.max(a.first, b.first));
      }
      if (a.first <= b.first) {
        ours++;
      } else {
        theirs++;
      }
    }
    return OptionalInt.empty();
  }

  private static Interval interval(String text, int completions) throws FormatException {
    String[] limits = text.split("-", -1);
    if (limits.length > 2) {
      throw new FormatException(
          "the fragment \""
              + text
              + "\" violates the requirement that an index interval can have at"
              + " most two parts separated by '-'");
    }
    int first = index(limits[0], completions);
    if (limits.length == 1) {
      return new Interval(first, first);
    }
    int last = index(limits[1], completions);
    if (first >= last) {
      throw new FormatException("non-increasing order, previous: " + first + ", current: " + last);
    }
    return new Interval(first, last);
  }

  private static int index(String text, int completions) throws FormatException {
    int index;
    try {
      index = Integer.parseInt(text);
    } catch (NumberFormatException notANumber) {
      throw new FormatException("cannot convert string to integer for index: \"" + text + "\"");
    }
    if (index >= completions) {
      throw new FormatException("too large index: \"" + text + "\"");
    }
    return index;
  }
}
