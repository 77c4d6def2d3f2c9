/// The loop of every controller: WorkQueue, Reconciler, Controller.
@NullMarked
package io.kemudi.client.controller;

import org.jspecify.annotations.NullMarked;
