/// One worker per pod: what the pod wants, what the runtime has, and the steps between.
@NullMarked
package io.kemudi.nodeagent.podworker;

import org.jspecify.annotations.NullMarked;
