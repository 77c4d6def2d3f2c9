package io.kemudi.apimachinery.validation;

import io.kemudi.kubernetes.intstr.IntOrString;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Small rules that many fields share. Each adds to `errors` what is wrong.
public final class Checks {
  private static final Pattern OCTET_LEADING_ZERO = Pattern.compile("(^|\\.)0[0-9]");
  private static final int V4_BYTES = 4;

  private static final Pattern URL_PATH = Pattern.compile("[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+");

  private Checks() {}

  public static void nonNegative(long value, FieldPath path, FieldErrors errors) {
    if (value < 0) {
      errors.invalid(path, value, "must be greater than or equal to 0");
    }
  }

  public static void inRange(long value, long low, long high, FieldPath path, FieldErrors errors) {
    if (value < low || value > high) {
      errors.invalid(path, value, "must be between " + low + " and " + high + ", inclusive");
    }
  }

  public static void port(long value, FieldPath path, FieldErrors errors) {
    inRange(value, 1, 65535, path, errors);
  }

  /// User and group ids.
  public static void id(long value, FieldPath path, FieldErrors errors) {
    inRange(value, 0, Integer.MAX_VALUE, path, errors);
  }

  public static void oneOf(
      String value, Collection<String> supported, FieldPath path, FieldErrors errors) {
    if (!supported.contains(value)) {
      errors.notSupported(path, value, supported);
    }
  }

  public static void form(
      String value, Function<String, List<String>> form, FieldPath path, FieldErrors errors) {
    for (String error : form.apply(value)) {
      errors.invalid(path, value, error);
    }
  }

  public static void requiredText(String value, FieldPath path, FieldErrors errors) {
    if (value.isEmpty()) {
      errors.required(path);
    }
  }

  /// A text that must be there, in this form.
  public static void requiredForm(
      String value, Function<String, List<String>> form, FieldPath path, FieldErrors errors) {
    if (value.isEmpty()) {
      errors.required(path);
    } else {
      form(value, form, path, errors);
    }
  }

  /// An IPv4 or IPv6 address.
  public static void ip(String value, FieldPath path, FieldErrors errors) {
    if (IpAddress.isV4(value) || IpAddress.isV6(value)) {
      if (isMapped(value)) {
        errors.invalid(path, value, "must not be an IPv4-mapped IPv6 address");
      }
      return;
    }
    if (OCTET_LEADING_ZERO.matcher(value).find() && IpAddress.isV4(stripZeros(value))) {
      errors.invalid(path, value, "must not have leading 0s");
      return;
    }
    errors.invalid(path, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }

  private static String stripZeros(String value) {
    return value.replaceAll("(^|[./])0+(?=[0-9])", "$1");
  }

  /// A range of addresses, written the one way that all who read it understand alike (KEP-4858).
  public static void cidr(String value, FieldPath path, FieldErrors errors) {
    Optional<Cidr> range = Cidr.parse(value);
    if (range.isPresent()) {
      if (isMapped(value)) {
        errors.invalid(path, value, "must not have an IPv4-mapped IPv6 address");
      } else if (range.get().hasHostBits()) {
        errors.invalid(path, value, "must not have bits set beyond the prefix length");
      }
    } else if (IpAddress.isCidr(stripZeros(value))) {
      errors.invalid(path, value, "must not have leading 0s in IP or prefix length");
    } else {
      errors.invalid(
          path, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
  }

  /// Whether an IPv4 address hides in an IPv6 one, which some compare as equal and some do not.
  private static boolean isMapped(String value) {
    int slash = value.indexOf('/');
    String address = slash < 0 ? value : value.substring(0, slash);
    return IpAddress.isV6(address)
        && InetAddress.ofLiteral(address).getAddress().length == V4_BYTES;
  }

  /// A domain and a path below it (`acme.io/foo`), as controllers call themselves.
  public static void domainPrefixedPath(String value, FieldPath path, FieldErrors errors) {
    int slash = value.indexOf('/');
    if (slash <= 0 || slash == value.length() - 1) {
      errors.invalid(path, value, "must be a domain-prefixed path (such as \"acme.io/foo\")");
      return;
    }
    form(value.substring(0, slash), Names::dnsSubdomain, path, errors);
    String below = value.substring(slash + 1);
    if (!URL_PATH.matcher(below).matches()) {
      errors.invalid(
          path, below, "Invalid path (regex used for validation is '" + URL_PATH.pattern() + "')");
    }
  }

  /// Permissions of a file.
  public static void fileMode(int mode, FieldPath path, FieldErrors errors) {
    if (mode < 0 || mode > 0777) {
      errors.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }
  }

  /// A path below something, that does not lead out of it.
  public static void relativePath(String value, FieldPath path, FieldErrors errors) {
    if (value.startsWith("/")) {
      errors.invalid(path, value, "must be a relative path");
    }
    noBackSteps(value, path, errors);
  }

  public static void noBackSteps(String value, FieldPath path, FieldErrors errors) {
    for (String part : value.split("/", -1)) {
      if (part.equals("..")) {
        errors.invalid(path, value, "must not contain '..'");
        return;
      }
    }
  }

  /// A number or text as an error shows it.
  public static Object shown(IntOrString value) {
    return value.getType() == 0 ? (Object) value.getIntVal() : value.getStrVal();
  }
}
