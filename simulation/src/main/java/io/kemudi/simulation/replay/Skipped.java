package io.kemudi.simulation.replay;

/// Something of a recording that was not replayed.
///
/// @param name of a scenario, or `scenario#n` of one of its exchanges
record Skipped(String name, String reason) {}
