package io.kemudi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringWriter;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
  @ParameterizedTest
  @CsvSource({"RSA,2048", "EC,256", "EC,384", "EC,521"})
  void readsTheKeysThatOpensslWritesAndOurs(String algorithm, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    KeyPair keys = generator.generateKeyPair();
    StringWriter traditional = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(traditional)) {
      writer.writeObject(keys.getPrivate());
    }
    assertThat(traditional.toString()).contains("BEGIN " + algorithm + " PRIVATE KEY");

    assertThat(Pem.privateKey(traditional.toString()).getEncoded()).isNotEmpty();
    assertThat(Pem.privateKey(Pem.write(keys.getPrivate()))).isEqualTo(keys.getPrivate());
    assertThat(Pem.publicKeys(Pem.write(keys.getPublic()))).containsExactly(keys.getPublic());
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> Pem.certificates("nothing"))
        .isInstanceOf(IOException.class)
        .hasMessage("no CERTIFICATE block in the PEM text");
  }
}
