/// The cluster's own certificate authority and the certificates of its parts.
@NullMarked
package io.kemudi.launcher.pki;

import org.jspecify.annotations.NullMarked;
