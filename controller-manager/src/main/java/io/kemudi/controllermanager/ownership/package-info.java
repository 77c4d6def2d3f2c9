/// Who owns what: controller references, adoption, and not acting behind own writes.
@NullMarked
package io.kemudi.controllermanager.ownership;

import org.jspecify.annotations.NullMarked;
