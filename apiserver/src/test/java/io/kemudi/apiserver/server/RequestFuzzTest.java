package io.kemudi.apiserver.server;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestFuzzTest {
  @Test
  void pathsAndQueries() {
    List<byte[]> targets =
        List.of(
            bytes("/api/v1/namespaces/default/pods/a/log?follow=true&tailLines=5"),
            bytes("/apis/apps/v1/namespaces/d/deployments?limit=1&continue=%61&watch=0"),
            bytes("/api/v1/namespaces/d/services/https:a:80/proxy/b%2Fc//d?x=%C3%A9"),
            bytes("/api/v1/watch/namespaces/d/pods/a"),
            bytes("/openapi/v3?timeout=32s"));
    new Fuzz(RequestFuzzTest.class, "targets", ApiException.class)
        .run(
            targets,
            8000,
            text -> {
              String[] parts = new String(text, StandardCharsets.UTF_8).split("\\?", 2);
              var query = QueryParameters.parse(parts.length == 2 ? parts[1] : "");
              query.flag("watch");
              query.number("limit");
              RequestInfo.of("GET", parts[0], query).attributes("");
            });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
