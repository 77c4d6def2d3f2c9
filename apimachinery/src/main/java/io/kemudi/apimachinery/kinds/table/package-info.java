/// How objects look as rows of a table, which is what kubectl shows.
@NullMarked
package io.kemudi.apimachinery.kinds.table;

import org.jspecify.annotations.NullMarked;
