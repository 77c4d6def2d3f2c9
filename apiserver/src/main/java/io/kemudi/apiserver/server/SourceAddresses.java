package io.kemudi.apiserver.server;

import io.kemudi.http.HttpExchange;
import java.util.ArrayList;
import java.util.List;

/// Where a request came from: what proxies say of the client, which anybody can claim, and then the
/// other end of the connection, which is certain.
final class SourceAddresses {
  private static final int MAX_CLAIMED = 16;
  private static final int MAX_LENGTH = 45; // of the longest IPv6 address

  private SourceAddresses() {}

  static List<String> of(HttpExchange exchange) {
    List<String> addresses = new ArrayList<>(1);
    for (String claimed : exchange.headers().list("x-forwarded-for")) {
      add(addresses, claimed);
    }
    for (String claimed : exchange.headers().list("x-real-ip")) {
      add(addresses, claimed);
    }
    var remote = exchange.remoteAddress().getAddress();
    String certain = remote == null ? "" : remote.getHostAddress();
    if (!certain.isEmpty() && (addresses.isEmpty() || !addresses.getLast().equals(certain))) {
      addresses.add(certain);
    }
    return addresses;
  }

  private static void add(List<String> addresses, String claimed) {
    String text = claimed.strip();
    boolean isAddress =
        !text.isEmpty() && text.length() <= MAX_LENGTH && text.matches("[0-9A-Fa-f:.]+");
    if (isAddress && addresses.size() < MAX_CLAIMED && !addresses.contains(text)) {
      addresses.add(text);
    }
  }
}
