/// The functions that Kubernetes adds to the Common Expression Language, one class per library.
@NullMarked
package io.kemudi.apimachinery.cel.library;

import org.jspecify.annotations.NullMarked;
