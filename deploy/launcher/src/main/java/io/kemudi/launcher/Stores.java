package io.kemudi.launcher;

import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import io.kemudi.store.etcd.EtcdConfig;
import io.kemudi.store.etcd.EtcdStore;
import io.kemudi.store.sqlite.SqliteStore;
import io.kemudi.time.Timers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;

/// Opens the store that was asked for; what is wrong with it is said in one sentence.
final class Stores {
  private Stores() {}

  static Store open(DataDirectory directory, UpOptions options, Timers timers) {
    try {
      return switch (options.store()) {
        case SQLITE -> {
          Files.createDirectories(directory.store());
          yield SqliteStore.open(directory.store().resolve("kemudi.db"), timers);
        }
        case ETCD -> {
          yield etcd(options.etcdServers());
        }
      };
    } catch (StoreException e) {
      throw new UserError("the store cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw new UserError(
          "the store in " + directory.store() + " cannot be opened: " + Main.describe(e));
    }
  }

  /// Connects to etcd and makes sure that it answers.
  static Store etcd(List<String> servers) {
    if (servers.isEmpty()) {
      throw new UserError("--store etcd needs --etcd-servers, for example http://127.0.0.1:2379");
    }
    try {
      EtcdStore etcd = EtcdStore.open(EtcdConfig.plain(uris(servers)));
      etcd.revision(); // says now, and not in the middle of the start, that nobody answers
      return etcd;
    } catch (IllegalArgumentException e) {
      throw new UserError("--etcd-servers: " + e.getMessage());
    } catch (StoreException e) {
      throw new UserError("the store cannot be used: " + e.getMessage());
    }
  }

  private static URI[] uris(List<String> servers) {
    return servers.stream().map(URI::create).toArray(URI[]::new);
  }
}
