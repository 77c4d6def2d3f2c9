/// Decides which node each pod runs on: the scheduling loop, binding, what people are told.
@NullMarked
package io.kemudi.scheduler;

import org.jspecify.annotations.NullMarked;
