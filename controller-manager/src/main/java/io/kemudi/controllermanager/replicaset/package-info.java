/// Keeps as many pods of a template as asked for.
@NullMarked
package io.kemudi.controllermanager.replicaset;

import org.jspecify.annotations.NullMarked;
