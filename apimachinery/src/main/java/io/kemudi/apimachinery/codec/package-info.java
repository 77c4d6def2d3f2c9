/// The forms of an object and the ways between them: JSON and YAML text, trees of plain Java
/// values, upstream's protobuf bytes, and the envelope these are stored and sent in.
@NullMarked
package io.kemudi.apimachinery.codec;

import org.jspecify.annotations.NullMarked;
