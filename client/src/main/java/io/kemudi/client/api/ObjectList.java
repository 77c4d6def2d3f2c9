package io.kemudi.client.api;

import java.util.List;

/// The objects of a list and the revision at which they were all true.
public record ObjectList<T>(List<T> items, String resourceVersion) {}
