package io.kemudi.launcher.pki;

import java.nio.file.Path;

/// PEM files of a private key and the certificate chain that goes with it.
public record KeyAndCertificate(Path key, Path certificate) {}
