package io.kemudi.apiserver.encryption;

import io.kemudi.apiserver.storage.Transformer;
import io.kemudi.apiserver.storage.UnreadableValueException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/// Writes the values of one resource with the first provider, and reads those of all. What another
/// than the first has written is stale.
final class EncryptingTransformer implements Transformer {
  private final String resource;
  private final List<Provider> providers;

  EncryptingTransformer(String resource, List<Provider> providers) {
    this.resource = resource;
    this.providers = List.copyOf(providers);
  }

  @Override
  public byte[] toStored(String key, byte[] plain) {
    return switch (providers.getFirst()) {
      case Provider.Identity() -> plain;
      case Provider.Keyed keyed -> {
        byte[] sealed;
        try {
          sealed = keyed.cipher().seal(plain, context(key));
        } catch (GeneralSecurityException e) {
          throw new IllegalStateException(resource + " cannot be encrypted by the " + keyed, e);
        }
        int prefix = keyed.prefix().length;
        byte[] stored = Arrays.copyOf(keyed.prefix(), prefix + sealed.length);
        System.arraycopy(sealed, 0, stored, prefix, sealed.length);
        yield stored;
      }
    };
  }

  @Override
  public Plain fromStored(String key, byte[] stored) {
    boolean encrypted = Transformer.isEncrypted(stored);
    boolean known = false;
    for (int i = 0; i < providers.size(); i++) {
      switch (providers.get(i)) {
        case Provider.Identity() -> {
          if (!encrypted) {
            return new Plain(stored, i > 0);
          }
        }
        case Provider.Keyed keyed -> {
          if (encrypted && keyed.wrote(stored)) {
            known = true;
            byte[] sealed = Arrays.copyOfRange(stored, keyed.prefix().length, stored.length);
            try {
              return new Plain(keyed.cipher().open(sealed, context(key)), i > 0);
            } catch (GeneralSecurityException e) {
              // another provider may have a key of the same name
            }
          }
        }
      }
    }
    throw unreadable(key, stored, encrypted, known);
  }

  private UnreadableValueException unreadable(
      String key, byte[] stored, boolean encrypted, boolean known) {
    String what = resource + ": " + key;
    if (!encrypted) {
      return new UnreadableValueException(
          what
              + " is not encrypted, and the encryption configuration does not let it be read so:"
              + " add identity as the last provider until everything has been written anew");
    }
    return new UnreadableValueException(
        known
            ? what
                + " cannot be decrypted by "
                + Transformer.keyOf(stored)
                + ": it was written with another key of that name, or was changed since"
            : what
                + " was encrypted by "
                + Transformer.keyOf(stored)
                + ", which the encryption configuration does not have");
  }

  private static byte[] context(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}
