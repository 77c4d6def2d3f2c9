/// What CustomResourceDefinitions make, as far as controllers of any resource need to know.
@NullMarked
package io.kemudi.controllermanager.customresource;

import org.jspecify.annotations.NullMarked;
