/// The embedded store: one SQLite file.
@NullMarked
package io.kemudi.store.sqlite;

import org.jspecify.annotations.NullMarked;
