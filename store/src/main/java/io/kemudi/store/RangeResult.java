package io.kemudi.store;

import java.util.List;

/// What a range holds. `revision` is the store's latest when it was read (not the one asked for);
/// `count` is the number of keys in the range regardless of the limit; `more` says that the limit
/// cut the pairs.
public record RangeResult(List<KeyValue> pairs, long revision, long count, boolean more) {}
