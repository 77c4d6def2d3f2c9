package io.kemudi.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ContinueTokenFuzzTest {
  @Test
  void tokens() {
    List<byte[]> json =
        List.of(
            "{\"v\":\"meta.k8s.io/v1\",\"rv\":12,\"start\":\"default/a\\u0000\"}"
                .getBytes(StandardCharsets.UTF_8),
            "{\"v\":\"meta.k8s.io/v1\",\"rv\":-1,\"start\":\"/a\"}"
                .getBytes(StandardCharsets.UTF_8));
    new Fuzz(ContinueTokenFuzzTest.class, "continue", ApiException.class)
        .run(
            json,
            6000,
            text -> {
              String encoded = Base64.getUrlEncoder().withoutPadding().encodeToString(text);
              ContinueToken token = ContinueToken.decode(encoded);
              assertThat(token.start()).doesNotStartWith("../").doesNotContain("/../");
              assertThat(ContinueToken.decode(token.encode()).revision())
                  .isEqualTo(token.revision());
            });
  }

  @Test
  void texts() {
    List<byte[]> tokens =
        List.of(new ContinueToken(5, "default/a").encode().getBytes(StandardCharsets.UTF_8));
    new Fuzz(ContinueTokenFuzzTest.class, "continue-text", ApiException.class)
        .run(tokens, 3000, text -> ContinueToken.decode(new String(text, StandardCharsets.UTF_8)));
  }
}
