package io.kemudi.apiserver.admission.podsecurity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// How violations are worded.
final class Words {
  private Words() {}

  /// `"a", "b"`.
  static String quoted(Collection<String> items) {
    return "\"" + String.join("\", \"", items) + "\"";
  }

  static String plural(int count, String one, String more) {
    return count == 1 ? one : more;
  }

  /// `container "a"`, `containers "a", "b"`.
  static String containers(Collection<String> names) {
    return plural(names.size(), "container", "containers") + " " + quoted(names);
  }

  /// Who set something: `pod and container "a"`; "" for nobody.
  static String setters(boolean pod, Collection<String> containers) {
    List<String> setters = new ArrayList<>();
    if (pod) {
      setters.add("pod");
    }
    if (!containers.isEmpty()) {
      setters.add(containers(containers));
    }
    return String.join(" and ", setters);
  }
}
