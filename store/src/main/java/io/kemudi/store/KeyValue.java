package io.kemudi.store;

/// A key with its value: written last at `modRevision`, in existence since `createRevision`, for
/// the `version`-th time since then (1: just created). `lease` is 0 when there is none.
public record KeyValue(
    String key, byte[] value, long createRevision, long modRevision, long version, long lease) {}
