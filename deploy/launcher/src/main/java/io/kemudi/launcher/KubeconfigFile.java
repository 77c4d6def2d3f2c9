package io.kemudi.launcher;

import io.kemudi.launcher.pki.KeyAndCertificate;
import io.kemudi.launcher.pki.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/// Writes a kubeconfig with everything inside, so that the file can be copied elsewhere.
final class KubeconfigFile {
  private KubeconfigFile() {}

  static void write(Path file, String server, Path caFile, String user, KeyAndCertificate identity)
      throws IOException {
    PrivateFile.write(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: kemudi
          cluster:
            server: %s
            certificate-authority-data: %s
        users:
        - name: %s
          user:
            client-certificate-data: %s
            client-key-data: %s
        contexts:
        - name: kemudi
          context:
            cluster: kemudi
            user: %s
        current-context: kemudi
        """
            .formatted(
                server,
                base64(caFile),
                user,
                base64(identity.certificate()),
                base64(identity.key()),
                user));
  }

  private static String base64(Path file) throws IOException {
    return Base64.getEncoder()
        .encodeToString(Files.readString(file).getBytes(StandardCharsets.UTF_8));
  }
}
