/// The kubelet's HTTPS API: logs, exec, attach, port-forward, health, figures.
@NullMarked
package io.kemudi.nodeagent.streaming;

import org.jspecify.annotations.NullMarked;
