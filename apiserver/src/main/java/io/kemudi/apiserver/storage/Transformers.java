package io.kemudi.apiserver.storage;

/// How the values of each resource are transformed on their way to the store and back.
@FunctionalInterface
public interface Transformers {
  /// Stores everything as is.
  Transformers NONE = _ -> Transformer.IDENTITY;

  /// @param qualifiedResource as operators name it: `secrets`, `deployments.apps`
  Transformer of(String qualifiedResource);
}
