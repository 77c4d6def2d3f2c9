/// One policy per file; sees only the framework.
@NullMarked
package io.kemudi.scheduler.plugins;

import org.jspecify.annotations.NullMarked;
