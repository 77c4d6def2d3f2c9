package io.kemudi.apimachinery.cel.library;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigInteger;
import java.util.Objects;

/// A semantic version (semver.org 2.0.0). Build metadata has no part in the order or in equality.
record Semver(BigInteger major, BigInteger minor, BigInteger patch, String prerelease)
    implements Comparable<Semver> {
  private static final String NUMBER = "(0|[1-9]\\d*)";
  private static final String IDENTIFIER = "(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)";
  private static final Pattern FORM =
      Pattern.compile(
          NUMBER
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + "(?:-("
              + IDENTIFIER
              + "(?:\\."
              + IDENTIFIER
              + ")*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?");

  private static final int MAX_LENGTH = 1_000;

  /// @throws IllegalArgumentException for what is no version
  static Semver parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new IllegalArgumentException("invalid semantic version: \"" + text + "\"");
    }
    return new Semver(
        new BigInteger(matcher.group(1)),
        new BigInteger(matcher.group(2)),
        new BigInteger(matcher.group(3)),
        Objects.requireNonNullElse(matcher.group(4), ""));
  }

  /// Forgives a leading `v`, missing numbers and leading zeros.
  static Semver parseLeniently(String text) {
    String bare = text.startsWith("v") ? text.substring(1) : text;
    int end = 0;
    while (end < bare.length() && "-+".indexOf(bare.charAt(end)) < 0) {
      end++;
    }
    String[] numbers = bare.substring(0, end).split("\\.", -1);
    StringBuilder normal = new StringBuilder();
    for (int i = 0; i < Math.max(3, numbers.length); i++) {
      String number = i < numbers.length ? numbers[i].replaceFirst("^0+(?=\\d)", "") : "0";
      normal.append(i == 0 ? "" : ".").append(number);
    }
    return parse(normal + bare.substring(end));
  }

  @Override
  public int compareTo(Semver other) {
    int order = major.compareTo(other.major);
    order = order != 0 ? order : minor.compareTo(other.minor);
    order = order != 0 ? order : patch.compareTo(other.patch);
    return order != 0 ? order : comparePrereleases(prerelease, other.prerelease);
  }

  /// No pre-release is newest; numbers come before words; the longer of two equal beginnings wins.
  private static int comparePrereleases(String one, String other) {
    if (one.isEmpty() || other.isEmpty()) {
      return Boolean.compare(one.isEmpty(), other.isEmpty());
    }
    String[] ours = one.split("\\.");
    String[] theirs = other.split("\\.");
    for (int i = 0; i < Math.min(ours.length, theirs.length); i++) {
      int order = compareIdentifiers(ours[i], theirs[i]);
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(ours.length, theirs.length);
  }

  private static int compareIdentifiers(String one, String other) {
    boolean isNumber = one.chars().allMatch(Character::isDigit);
    boolean otherIsNumber = other.chars().allMatch(Character::isDigit);
    if (isNumber && otherIsNumber) {
      return new BigInteger(one).compareTo(new BigInteger(other));
    }
    return isNumber != otherIsNumber ? (isNumber ? -1 : 1) : Integer.signum(one.compareTo(other));
  }
}
