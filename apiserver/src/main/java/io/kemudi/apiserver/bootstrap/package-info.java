/// What a fresh server creates by itself.
@NullMarked
package io.kemudi.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
