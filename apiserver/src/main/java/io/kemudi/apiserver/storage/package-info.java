/// Objects on a Store: keys, forms, the watch caches.
@NullMarked
package io.kemudi.apiserver.storage;

import org.jspecify.annotations.NullMarked;
