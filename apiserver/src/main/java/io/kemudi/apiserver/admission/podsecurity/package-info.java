/// The Pod Security Standards: what each level and version of it forbids a pod, and what labels of
/// a namespace ask for. Pure functions on messages; the admission plugin is one package up.
@NullMarked
package io.kemudi.apiserver.admission.podsecurity;

import org.jspecify.annotations.NullMarked;
