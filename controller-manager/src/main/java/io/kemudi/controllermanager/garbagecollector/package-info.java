/// Deletes what nobody owns any more, and keeps the order that deleters asked for.
@NullMarked
package io.kemudi.controllermanager.garbagecollector;

import org.jspecify.annotations.NullMarked;
