/// Which requests webhooks and policies want to hear of, and how they see them.
@NullMarked
package io.kemudi.apiserver.admission.match;

import org.jspecify.annotations.NullMarked;
