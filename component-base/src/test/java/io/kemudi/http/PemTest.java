package io.kemudi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    PrivateKey ours = Pem.privateKey(Pem.write(keys));
    if (keys.getPrivate() instanceof ECPrivateKey ec) {
      assertThat(((ECPrivateKey) ours).getS()).isEqualTo(ec.getS());
      assertThat(((ECPrivateKey) ours).getParams()).isEqualTo(ec.getParams());
    } else {
      assertThat(ours).isEqualTo(keys.getPrivate());
    }
    assertThat(Pem.publicKeys(Pem.write(keys.getPublic()))).containsExactly(keys.getPublic());
  }

  /// A library that wants the curve and the public key.
  @ParameterizedTest
  @ValueSource(ints = {256, 384, 521})
  void ecKeysAreWrittenAsSec1(int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(size);
    KeyPair keys = generator.generateKeyPair();
    String text = Pem.write(keys);
    assertThat(text).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      KeyPair theirs = new JcaPEMKeyConverter().getKeyPair((PEMKeyPair) parser.readObject());
      assertThat(theirs.getPublic()).isEqualTo(keys.getPublic());
      assertThat(((ECPrivateKey) theirs.getPrivate()).getS())
          .isEqualTo(((ECPrivateKey) keys.getPrivate()).getS());
    }
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> Pem.certificates("nothing"))
        .isInstanceOf(IOException.class)
        .hasMessage("no CERTIFICATE block in the PEM text");
  }
}
