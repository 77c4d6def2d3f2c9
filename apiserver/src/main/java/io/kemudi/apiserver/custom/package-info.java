/// Custom resources: from CustomResourceDefinitions to rows of the resource table, served by the
/// same registry, cache and write path as everything else.
@NullMarked
package io.kemudi.apiserver.custom;

import org.jspecify.annotations.NullMarked;
