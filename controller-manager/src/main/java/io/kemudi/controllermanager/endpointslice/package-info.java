/// Which addresses stand behind a Service: EndpointSlices, and Endpoints for old clients.
@NullMarked
package io.kemudi.controllermanager.endpointslice;

import org.jspecify.annotations.NullMarked;
