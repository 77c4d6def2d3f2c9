/// The fields of every built-in kind as compact tables, read from the schema files that the
/// messages are generated from. One table answers the codecs, strategic merge patch, apply and
/// OpenAPI.
@NullMarked
package io.kemudi.apimachinery.schema;

import org.jspecify.annotations.NullMarked;
