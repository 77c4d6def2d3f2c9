/// What happened, told to people: core/v1 Events.
@NullMarked
package io.kemudi.client.events;

import org.jspecify.annotations.NullMarked;
