package io.kemudi.apimachinery.validation;

import java.net.InetAddress;

/// Textual IP addresses, without ever asking a resolver.
public final class IpAddress {
  private IpAddress() {}

  public static boolean isV4(String text) {
    int octets = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (digits == 0 || value > 255) {
          return false;
        }
        octets++;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9') {
        // A leading zero is octal to some readers and decimal to others.
        if (digits > 0 && value == 0 || digits == 3) {
          return false;
        }
        value = value * 10 + c - '0';
        digits++;
      } else {
        return false;
      }
    }
    return octets == 4;
  }

  public static boolean isV6(String text) {
    int gap = text.indexOf("::");
    if (text.indexOf(':') < 0 || gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return false;
    }
    if (gap < 0) {
      return groups(text) == 8;
    }
    int before = groups(text.substring(0, gap));
    int after = groups(text.substring(gap + 2));
    return before >= 0 && after >= 0 && before + after < 8;
  }

  /// How many 16-bit groups there are (an IPv4 tail is two), or -1 if one is none.
  private static int groups(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] parts = text.split(":", -1);
    int groups = 0;
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && isV4(parts[i])) {
        groups += 2;
      } else if (isHex(parts[i])) {
        groups++;
      } else {
        return -1;
      }
    }
    return groups;
  }

  private static boolean isHex(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
        return false;
      }
    }
    return true;
  }

  public static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return false;
    }
    String address = text.substring(0, slash);
    int max = isV4(address) ? 32 : isV6(address) ? 128 : -1;
    String length = text.substring(slash + 1);
    if (length.isEmpty()
        || length.length() > 3
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    return Integer.parseInt(length) <= max;
  }

  /// The text of RFC 5952, section 4: lower case, the longest run of zeros left out.
  ///
  /// @param address a valid IPv4 or IPv6 address
  public static String canonical(String address) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    if (bytes.length == 4) {
      return address;
    }
    int[] groups = new int[8];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
    int from = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        from = i;
        length = end - i;
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < groups.length; i++) {
      if (i == from) {
        out.append("::");
        i += length - 1;
        continue;
      }
      if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
        out.append(':');
      }
      out.append(Integer.toHexString(groups[i]));
    }
    return out.toString();
  }
}
