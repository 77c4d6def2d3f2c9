package io.kemudi.simulation.replay;

/// One thing in a reply that is not as recorded.
///
/// @param path where in the reply, such as `.details.causes[0].field` or `header Warning`
/// @param text what was expected and what came
/// @param wording only the text of a message for people differs
record Difference(String path, String text, boolean wording) {
  @Override
  public String toString() {
    return path + ": " + text;
  }
}
