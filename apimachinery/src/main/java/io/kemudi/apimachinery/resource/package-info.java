/// Resources as code sees them: a name, a scope and the message of their objects.
@NullMarked
package io.kemudi.apimachinery.resource;

import org.jspecify.annotations.NullMarked;
