/// What the server serves, told to clients: groups, resources, versions, health.
@NullMarked
package io.kemudi.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
