/// Encryption of stored values in upstream's formats, configured by upstream's
/// EncryptionConfiguration.
@NullMarked
package io.kemudi.apiserver.encryption;

import org.jspecify.annotations.NullMarked;
