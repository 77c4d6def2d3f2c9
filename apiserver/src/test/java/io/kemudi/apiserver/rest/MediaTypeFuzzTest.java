package io.kemudi.apiserver.rest;

import io.kemudi.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MediaTypeFuzzTest {
  @Test
  void mediaTypes() {
    List<byte[]> types =
        List.of(
            bytes("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"),
            bytes("application/vnd.kubernetes.protobuf;stream=watch; charset=\"utf-8\""));
    new Fuzz(MediaTypeFuzzTest.class, "media-types")
        .run(
            types,
            6000,
            text ->
                MediaType.parseAll(List.of(new String(text, StandardCharsets.UTF_8).split(",")))
                    .forEach(type -> type.parameter("as")));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
