/// Resource numbers and the control groups that the agent itself makes and removes.
@NullMarked
package io.kemudi.nodeagent.cgroup;

import org.jspecify.annotations.NullMarked;
