/// What every namespace is given: its default ServiceAccount and the root CA.
@NullMarked
package io.kemudi.controllermanager.serviceaccount;

import org.jspecify.annotations.NullMarked;
