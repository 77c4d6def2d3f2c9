/// Container images: from a registry, an archive, or the machine itself, to unpacked layers.
@NullMarked
package io.kemudi.nodeagent.embedded.image;

import org.jspecify.annotations.NullMarked;
