package io.kemudi.apiserver.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.kemudi.fuzz.Fuzz;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JsonWebTokensFuzzTest {
  /// No change of a token passes for one that was signed, but for those of the last bits of its
  /// base64, which say nothing.
  @Test
  void tokens() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair keys = generator.generateKeyPair();
    var tokens = new JsonWebTokens(keys.getPrivate(), List.of(keys.getPublic()));
    String signed = tokens.sign(Map.of("sub", "system:serviceaccount:a:b", "exp", 1L));
    String content = signed.substring(0, signed.lastIndexOf('.'));

    new Fuzz(JsonWebTokensFuzzTest.class, "tokens")
        .run(
            List.of(signed.getBytes(StandardCharsets.UTF_8)),
            1500,
            text -> {
              String token = new String(text, StandardCharsets.UTF_8);
              if (JsonWebTokens.unverifiedClaims(token) != null && tokens.verify(token)) {
                assertThat(token).startsWith(content + ".");
              }
            });
  }
}
