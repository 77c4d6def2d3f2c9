package io.kemudi.apimachinery.validation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The forms that names may have. Each check answers with what is wrong, in upstream's words; an
/// empty list means that the name is fine. Checks scan by hand: they run for every label of every
/// write.
public final class Names {
  public static final int LABEL_MAX = 63;
  public static final int SUBDOMAIN_MAX = 253;

  private static final String DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String DNS_SUBDOMAIN = DNS_LABEL + "(\\." + DNS_LABEL + ")*";
  private static final String RELAXED_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
  private static final String NAME_PART = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

  static final String DNS_LABEL_ERROR =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
          + " start and end with an alphanumeric character"
          + example(DNS_LABEL, "my-name", "123-abc");
  static final String DNS_SUBDOMAIN_ERROR =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
          + " and must start and end with an alphanumeric character"
          + example(DNS_SUBDOMAIN, "example.com");
  private static final String RELAXED_SUBDOMAIN_ERROR =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or"
          + " '.', and must start and end with an alphanumeric character"
          + example(RELAXED_LABEL + "(\\." + RELAXED_LABEL + ")*", "example.com");
  private static final String DNS_1035_ERROR =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an"
          + " alphabetic character, and end with an alphanumeric character"
          + example("[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
  private static final String WILDCARD_ERROR =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must"
          + " consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric"
          + " character"
          + example("\\*\\." + DNS_SUBDOMAIN, "*.example.com");
  private static final String NAME_PART_ERROR =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character"
          + example(NAME_PART, "MyName", "my.name", "123-abc");
  private static final String LABEL_VALUE_ERROR =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and"
          + " must start and end with an alphanumeric character"
          + example("(" + NAME_PART + ")?", "MyValue", "my_value", "12345");
  private static final String CONFIG_KEY_ERROR =
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
          + example("[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");
  private static final String HTTP_HEADER_ERROR =
      "a valid HTTP header must consist of alphanumeric characters or '-'"
          + example("[-A-Za-z0-9]+", "X-Header-Name");

  private Names() {}

  /// A name that is a DNS label, such as a container's.
  public static List<String> dnsLabel(String name) {
    List<String> errors = tooLong(name, LABEL_MAX, "characters");
    if (!isDnsLabel(name, 0, name.length())) {
      // A dot is the usual mistake of those who know only subdomains.
      return with(errors, isDnsSubdomain(name) ? "must not contain dots" : DNS_LABEL_ERROR);
    }
    return errors;
  }

  public static List<String> dns1035Label(String name) {
    List<String> errors = tooLong(name, LABEL_MAX, "characters");
    boolean right =
        isDnsLabel(name, 0, name.length()) && name.charAt(0) >= 'a' && name.charAt(0) <= 'z';
    return right ? errors : with(errors, DNS_1035_ERROR);
  }

  /// A name of dots and labels, such as most objects'.
  public static List<String> dnsSubdomain(String name) {
    List<String> errors = tooLong(name, SUBDOMAIN_MAX, "characters");
    return isDnsSubdomain(name) ? errors : with(errors, DNS_SUBDOMAIN_ERROR);
  }

  /// As [#dnsSubdomain], but for underscores, which resolvers know.
  public static List<String> relaxedDnsSubdomain(String name) {
    List<String> errors = tooLong(name, SUBDOMAIN_MAX, "characters");
    return isRelaxedSubdomain(name) ? errors : with(errors, RELAXED_SUBDOMAIN_ERROR);
  }

  public static List<String> wildcardDnsSubdomain(String name) {
    List<String> errors = tooLong(name, SUBDOMAIN_MAX, "characters");
    return name.startsWith("*.") && isDnsSubdomain(name.substring(2))
        ? errors
        : with(errors, WILDCARD_ERROR);
  }

  /// `name` or `prefix/name`, as label keys, finalizers and extended resources are.
  public static List<String> qualified(String key) {
    return qualified(key, "a valid label key ");
  }

  public static List<String> labelKey(String key) {
    return qualified(key);
  }

  private static List<String> qualified(String key, String what) {
    if (isLabelKey(key)) {
      return List.of();
    }
    int slash = key.indexOf('/');
    if (slash >= 0 && key.indexOf('/', slash + 1) >= 0) {
      return List.of(
          what
              + NAME_PART_ERROR
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    List<String> errors = new ArrayList<>();
    if (slash >= 0) {
      String prefix = key.substring(0, slash);
      if (prefix.isEmpty()) {
        errors.add("prefix part must be non-empty");
      } else {
        dnsSubdomain(prefix).forEach(error -> errors.add("prefix part " + error));
      }
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      errors.add("name part must be non-empty");
    } else if (name.length() > LABEL_MAX) {
      errors.add("name part must be no more than 63 bytes");
    }
    if (!isNamePart(name, 0, name.length())) {
      errors.add("name part " + NAME_PART_ERROR);
    }
    return errors;
  }

  public static List<String> labelValue(String value) {
    List<String> errors = tooLong(value, LABEL_MAX, "bytes");
    return value.isEmpty() || isNamePart(value, 0, value.length())
        ? errors
        : with(errors, LABEL_VALUE_ERROR);
  }

  /// A key of a ConfigMap or Secret, which becomes a file name.
  public static List<String> configMapKey(String key) {
    List<String> errors = tooLong(key, SUBDOMAIN_MAX, "characters");
    boolean right = !key.isEmpty();
    for (int i = 0; i < key.length(); i++) {
      right &= isNameChar(key.charAt(i));
    }
    if (!right) {
      errors = with(errors, CONFIG_KEY_ERROR);
    }
    if (key.equals(".")) {
      errors = with(errors, "must not be '.'");
    } else if (key.equals("..")) {
      errors = with(errors, "must not be '..'");
    } else if (key.startsWith("..")) {
      errors = with(errors, "must not start with '..'");
    }
    return errors;
  }

  /// An environment variable: any printable ASCII but `=`.
  public static List<String> envVar(String name) {
    boolean right = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      right &= c >= ' ' && c <= '~' && c != '=';
    }
    return right
        ? List.of()
        : List.of(
            "a valid environment variable name must consist only of printable ASCII characters other"
                + " than '='");
  }

  /// The name of a port (an IANA service name).
  public static List<String> portName(String name) {
    List<String> errors = new ArrayList<>();
    if (name.length() > 15) {
      errors.add("must be no more than 15 characters");
    }
    boolean charset = !name.isEmpty();
    boolean letter = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      charset &= isLower(c) || isDigit(c) || c == '-';
      letter |= isLower(c);
    }
    if (!charset) {
      errors.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (!letter) {
      errors.add("must contain at least one letter (a-z)");
    }
    if (name.contains("--")) {
      errors.add("must not contain consecutive hyphens");
    }
    if (name.startsWith("-") || name.endsWith("-")) {
      errors.add("must not begin or end with a hyphen");
    }
    return errors;
  }

  public static List<String> httpHeader(String name) {
    boolean right = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      right &= isLower(c) || c >= 'A' && c <= 'Z' || isDigit(c) || c == '-';
    }
    return right ? List.of() : List.of(HTTP_HEADER_ERROR);
  }

  /// A name that may stand in a URL path or a store's key.
  public static List<String> pathSegment(String name) {
    if (name.equals(".") || name.equals("..")) {
      return List.of("may not be '" + name + "'");
    }
    List<String> errors = new ArrayList<>();
    for (String illegal : List.of("/", "%")) {
      if (name.contains(illegal)) {
        errors.add("may not contain '" + illegal + "'");
      }
    }
    return errors;
  }

  /// A name before which a random suffix is to come may end in a dash.
  static String asPrefix(String generateName) {
    return generateName.endsWith("-") && generateName.length() > 1
        ? generateName.substring(0, generateName.length() - 1) + "a"
        : generateName;
  }

  public static boolean isDnsSubdomain(String name) {
    int start = 0;
    while (true) {
      int dot = name.indexOf('.', start);
      if (!isDnsLabel(name, start, dot < 0 ? name.length() : dot)) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      start = dot + 1;
    }
  }

  private static boolean isRelaxedSubdomain(String name) {
    for (String label : name.split("\\.", -1)) {
      String rest = label.startsWith("_") ? label.substring(1) : label;
      if (rest.isEmpty()
          || rest.endsWith("_")
          || !isDnsLabel(rest.replace('_', '-'), 0, rest.length())) {
        return false;
      }
    }
    return true;
  }

  /// Whether `key` is a label key; the fast answer for keys that are.
  public static boolean isLabelKey(String key) {
    int slash = key.indexOf('/');
    int length = key.length() - slash - 1;
    return length > 0
        && length <= LABEL_MAX
        && isNamePart(key, slash + 1, key.length())
        && (slash < 0
            || slash <= SUBDOMAIN_MAX && slash > 0 && isDnsSubdomain(key.substring(0, slash)));
  }

  private static boolean isDnsLabel(String text, int from, int to) {
    if (from >= to || text.charAt(from) == '-' || text.charAt(to - 1) == '-') {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isLower(c) && !isDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isNamePart(String text, int from, int to) {
    if (from >= to || !isAlphanumeric(text.charAt(from)) || !isAlphanumeric(text.charAt(to - 1))) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (!isNameChar(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isNameChar(char c) {
    return isAlphanumeric(c) || c == '-' || c == '_' || c == '.';
  }

  private static boolean isAlphanumeric(char c) {
    return isLower(c) || c >= 'A' && c <= 'Z' || isDigit(c);
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static List<String> tooLong(String text, int max, String unit) {
    return text.length() > max ? List.of("must be no more than " + max + " " + unit) : List.of();
  }

  private static List<String> with(List<String> errors, String more) {
    List<String> all = new ArrayList<>(errors);
    all.add(more);
    return all;
  }

  private static String example(String regex, String... examples) {
    StringBuilder out = new StringBuilder(" (e.g. ");
    for (String one : examples) {
      out.append('\'').append(one).append("', ");
      if (one != examples[examples.length - 1]) {
        out.append(" or ");
      }
    }
    return out.append("regex used for validation is '").append(regex).append("')").toString();
  }

  /// The first of `errors`, or null.
  static @Nullable String first(List<String> errors) {
    return errors.isEmpty() ? null : errors.getFirst();
  }
}
