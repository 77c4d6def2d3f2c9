/// What in-process stores share: the stream of their recent revisions and the watches on it.
@NullMarked
package io.kemudi.store.feed;

import org.jspecify.annotations.NullMarked;
