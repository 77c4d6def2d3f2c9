/// What Services get from the server itself: addresses and node ports.
@NullMarked
package io.kemudi.apiserver.service;

import org.jspecify.annotations.NullMarked;
