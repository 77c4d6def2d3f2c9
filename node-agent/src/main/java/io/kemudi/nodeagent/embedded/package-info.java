/// The embedded container runtime: CRI v1 over a unix socket on nothing but a Linux kernel and
/// util-linux, with crun or runc where present. A process of its own, because containers must
/// outlive the node agent.
@NullMarked
package io.kemudi.nodeagent.embedded;

import org.jspecify.annotations.NullMarked;
