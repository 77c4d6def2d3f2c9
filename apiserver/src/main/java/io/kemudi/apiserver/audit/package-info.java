/// The audit log: who asked for what, when, and how it ended, in upstream's form
/// (`audit.k8s.io/v1`), decided by upstream's Policy.
@NullMarked
package io.kemudi.apiserver.audit;

import org.jspecify.annotations.NullMarked;
