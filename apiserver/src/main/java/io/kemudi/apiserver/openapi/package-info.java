/// OpenAPI documents, generated from the schema tables.
@NullMarked
package io.kemudi.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
