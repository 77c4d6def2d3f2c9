/// A small HTTPS server and the streams it hands over: blocking code on virtual threads above,
/// Netty below. No Netty type appears in a public signature.
@NullMarked
package io.kemudi.http;

import org.jspecify.annotations.NullMarked;
