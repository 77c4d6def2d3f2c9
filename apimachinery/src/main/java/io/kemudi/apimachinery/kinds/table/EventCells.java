package io.kemudi.apimachinery.kinds.table;

import io.kemudi.kubernetes.core.v1.Event;
import io.kemudi.kubernetes.core.v1.ObjectReference;
import java.time.Instant;
import java.util.Locale;

/// Events, of whichever age and form.
final class EventCells {
  private EventCells() {}

  static String firstSeen(Event event, Instant now) {
    return HumanDuration.isUnset(event.getFirstTimestamp())
        ? HumanDuration.since(event.getEventTime(), now)
        : HumanDuration.since(event.getFirstTimestamp(), now);
  }

  static String lastSeen(Event event, Instant now) {
    if (event.hasSeries()) {
      return HumanDuration.since(event.getSeries().getLastObservedTime(), now);
    }
    return HumanDuration.isUnset(event.getLastTimestamp())
        ? firstSeen(event, now)
        : HumanDuration.since(event.getLastTimestamp(), now);
  }

  static int count(Event event) {
    if (event.hasSeries()) {
      return event.getSeries().getCount();
    }
    return event.getCount() == 0 ? 1 : event.getCount();
  }

  static String object(Event event) {
    ObjectReference about = event.getInvolvedObject();
    return about.getKind().isEmpty() && about.getName().isEmpty()
        ? ""
        : about.getKind().toLowerCase(Locale.ROOT) + "/" + about.getName();
  }

  static String source(Event event) {
    String component = event.getSource().getComponent();
    String host = event.getSource().getHost();
    if (component.isEmpty()) {
      component = event.getReportingComponent();
      host = event.getReportingInstance();
    }
    return host.isEmpty() ? component : component + ", " + host;
  }
}
