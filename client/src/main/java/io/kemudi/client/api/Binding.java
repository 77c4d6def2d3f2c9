package io.kemudi.client.api;

/// The decision that a pod runs on a node; refused with `CONFLICT` when the pod's uid is not `uid`
/// ("": any) or when it is bound already.
public record Binding(String namespace, String name, String uid, String node) {}
