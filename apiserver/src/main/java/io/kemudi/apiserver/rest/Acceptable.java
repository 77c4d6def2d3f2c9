package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusDetails;
import io.kemudi.apimachinery.errors.StatusReason;
import java.util.List;

/// Whether a client accepts what a document exists in. Documents are no objects: each has its few
/// fixed forms.
public final class Acceptable {
  private Acceptable() {}

  /// The first of the client's types that is offered; without a wish the first that is offered.
  ///
  /// @throws ApiException NOT_ACCEPTABLE in upstream's words
  public static String choose(ApiRequest request, List<String> offered) {
    List<String> accept = request.exchange().headers().list("accept");
    if (accept.isEmpty()) {
      return offered.getFirst();
    }
    for (MediaType wanted : MediaType.parseAll(accept)) {
      for (String each : offered) {
        if (matches(wanted.type(), each)) {
          return each;
        }
      }
    }
    throw new ApiException(
        StatusReason.NOT_ACCEPTABLE,
        "406: Not Acceptable\n\nAvailable representations: " + String.join(", ", offered),
        StatusDetails.of("", "", ""));
  }

  private static boolean matches(String wanted, String offered) {
    return wanted.equals("*/*")
        || wanted.equals(offered)
        || wanted.endsWith("/*") && offered.startsWith(wanted.substring(0, wanted.length() - 1));
  }
}
