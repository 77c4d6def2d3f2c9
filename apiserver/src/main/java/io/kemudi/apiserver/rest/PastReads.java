package io.kemudi.apiserver.rest;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apimachinery.errors.StatusReason;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.Registry;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.Target;
import io.kemudi.apiserver.server.QueryParameters;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Iterator;

/// Reads of what was: beyond upstream, one object can be read at an exact revision
/// (`resourceVersionMatch=Exact`, which upstream has for lists only), and lists and objects by time
/// (`kemudi.io/at=2026-11-21T10:00:00Z`).
final class PastReads {
  static final String AT = "kemudi.io/at";
  private static final String EXACT = "Exact";

  /// Tells which revision was the newest at a time.
  @FunctionalInterface
  interface Revisions {
    /// @throws ApiException EXPIRED for a time before what is known
    long at(Instant time);
  }

  private final Registry registry;
  private final Revisions revisions;
  private final InstantSource clock;

  PastReads(Registry registry, Revisions revisions, InstantSource clock) {
    this.registry = registry;
    this.revisions = revisions;
    this.clock = clock;
  }

  /// Whether a get asks for the past.
  static boolean asked(QueryParameters query) {
    return query.has(AT) || query.first("resourceVersionMatch").equals(EXACT);
  }

  /// The options with the time, if there is one, turned into its revision. The later pages of a
  /// list know their revision from their token.
  ///
  /// @throws ApiException 400 for a time that is none, lies ahead, or stands beside a revision
  ListOptions at(QueryParameters query, ListOptions options) {
    if (!query.has(AT) || !options.continueToken().isEmpty()) {
      return options;
    }
    if (!options.resourceVersion().isEmpty() || !options.resourceVersionMatch().isEmpty()) {
      throw ApiException.badRequest(
          AT + " names a time; resourceVersion and resourceVersionMatch cannot stand beside it");
    }
    return options.at(Long.toString(revisions.at(time(query.first(AT)))), EXACT);
  }

  /// The object as it was.
  ///
  /// @throws ApiException NOT_FOUND when it was not there then, EXPIRED when that revision is gone
  StoredObject get(ApiRequest request, Target target) {
    QueryParameters query = request.query();
    if (!target.subresource().isEmpty()) {
      throw ApiException.badRequest("subresources cannot be read as they were");
    }
    ListOptions options =
        at(
            query,
            ListOptions.ALL
                .fields("metadata.name=" + target.name())
                .at(query.first("resourceVersion"), query.first("resourceVersionMatch")));
    Target collection = Target.collection(target.row(), target.namespace());
    try {
      ObjectPage page = registry.list(request.context(), collection, options);
      Iterator<StoredObject> found = page.iterator();
      if (found.hasNext()) {
        return found.next();
      }
    } catch (ApiException e) {
      throw e.is(StatusReason.EXPIRED)
          ? ApiException.expired(
              "the state at revision "
                  + options.resourceVersion()
                  + " is no longer kept: the store has compacted its history since")
          : e;
    }
    throw ApiException.notFound(target.row().group(), target.row().resource(), target.name());
  }

  private Instant time(String text) {
    Instant time;
    try {
      time = OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw ApiException.badRequest(
          AT + ": \"" + text + "\" is no time such as 2026-11-21T10:00:00Z");
    }
    if (time.isAfter(clock.instant())) {
      throw ApiException.badRequest(AT + ": " + text + " has not come yet");
    }
    return time;
  }
}
