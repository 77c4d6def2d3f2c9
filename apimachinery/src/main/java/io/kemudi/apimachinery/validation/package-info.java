/// Errors at places in an object, and the rules for names, labels and metadata that all kinds
/// share.
@NullMarked
package io.kemudi.apimachinery.validation;

import org.jspecify.annotations.NullMarked;
