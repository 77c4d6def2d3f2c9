package io.kemudi.http;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// A private key and the certificate chain that belongs to it, leaf first.
public record TlsMaterial(PrivateKey key, List<X509Certificate> chain) {
  public TlsMaterial {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a key without a certificate");
    }
  }

  public static TlsMaterial read(Path certificateFile, Path keyFile) throws IOException {
    return new TlsMaterial(Pem.privateKey(keyFile), Pem.certificates(certificateFile));
  }

  /// Never shows the key.
  @Override
  public String toString() {
    return "TlsMaterial[" + chain.getFirst().getSubjectX500Principal() + "]";
  }
}
