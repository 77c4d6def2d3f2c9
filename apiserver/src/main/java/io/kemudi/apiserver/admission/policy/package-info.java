/// ValidatingAdmissionPolicy and MutatingAdmissionPolicy: rules in the Common Expression Language
/// that are part of the cluster's own state.
@NullMarked
package io.kemudi.apiserver.admission.policy;

import org.jspecify.annotations.NullMarked;
