/// Notices nodes that are gone and moves their pods.
@NullMarked
package io.kemudi.controllermanager.nodelifecycle;

import org.jspecify.annotations.NullMarked;
