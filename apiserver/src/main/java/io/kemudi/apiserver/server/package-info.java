/// The REST front: the chain of filters that every request passes, and the server itself.
@NullMarked
package io.kemudi.apiserver.server;

import org.jspecify.annotations.NullMarked;
