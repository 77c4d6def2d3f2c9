package io.kemudi.launcher;

/// `--store`: where the cluster's state is kept.
public enum StoreChoice {
  /// A file in the data directory.
  SQLITE,
  /// The etcd servers of `--etcd-servers`.
  ETCD
}
