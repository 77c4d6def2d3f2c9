package io.kemudi.nodeagent.streaming;

import java.util.ArrayList;
import java.util.List;

/// Which channels a session has.
record StreamOptions(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
  /// By the kubelet's parameters, or those of the API.
  static StreamOptions of(Query query) {
    boolean tty = query.flag("tty");
    return new StreamOptions(
        query.flag("input", "stdin"),
        query.flag("output", "stdout"),
        // A terminal has one output only.
        query.flag("error", "stderr") && !tty,
        tty);
  }

  List<Integer> channels() {
    var channels = new ArrayList<Integer>();
    if (stdin) {
      channels.add(ChannelLink.STDIN);
    }
    if (stdout) {
      channels.add(ChannelLink.STDOUT);
    }
    if (stderr) {
      channels.add(ChannelLink.STDERR);
    }
    channels.add(ChannelLink.ERROR);
    if (tty) {
      channels.add(ChannelLink.RESIZE);
    }
    return channels;
  }
}
