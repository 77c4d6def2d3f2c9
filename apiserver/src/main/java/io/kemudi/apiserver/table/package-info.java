/// Objects as rows: the server-side printing that kubectl shows.
@NullMarked
package io.kemudi.apiserver.table;

import org.jspecify.annotations.NullMarked;
