/// What a write has to pass between decoding and storing, as an ordered list.
@NullMarked
package io.kemudi.apiserver.admission;

import org.jspecify.annotations.NullMarked;
