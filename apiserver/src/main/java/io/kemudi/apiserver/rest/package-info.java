/// Verbs, media types and streams of the API over HTTP, on top of the
/// [io.kemudi.apiserver.registry.Registry].
@NullMarked
package io.kemudi.apiserver.rest;

import org.jspecify.annotations.NullMarked;
