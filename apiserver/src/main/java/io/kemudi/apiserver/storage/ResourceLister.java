package io.kemudi.apiserver.storage;

import io.kemudi.apimachinery.errors.ApiException;
import io.kemudi.apiserver.registry.ListOptions;
import io.kemudi.apiserver.registry.ObjectForm;
import io.kemudi.apiserver.registry.ObjectPage;
import io.kemudi.apiserver.registry.ObjectWatch;
import io.kemudi.apiserver.registry.StoredObject;
import io.kemudi.apiserver.registry.WatchOptions;
import io.kemudi.store.KeyValue;
import io.kemudi.store.RangeRequest;
import io.kemudi.store.RangeResult;
import io.kemudi.store.Store;
import io.kemudi.store.StoreException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/// Lists and watches of one resource, from its cache; from the store where a list asks for a
/// revision that the cache no longer knows. Options have been validated.
public final class ResourceLister {
  private static final int STORE_PAGE = 500;

  private final Store store;
  private final StoredResource resource;
  private final WatchCache cache;
  private final CacheFeed feed;

  ResourceLister(Store store, StoredResource resource, WatchCache cache, CacheFeed feed) {
    this.store = store;
    this.resource = resource;
    this.cache = cache;
    this.feed = feed;
  }

  // ---- lists ----

  /// `options` gives revision, limit and continuation; `selection` says what.
  public ObjectPage list(Selection selection, ListOptions options) {
    String version = options.resourceVersion();
    if (!options.continueToken().isEmpty()) {
      return resume(selection, options);
    }
    if (version.equals("0")) {
      return page(selection, feed.revision(), cache.snapshot(), "", 0);
    }
    if (version.isEmpty()) {
      feed.awaitLatest();
    } else {
      long revision = Long.parseLong(version);
      feed.await(revision);
      if (isExact(options)) {
        return at(selection, revision, "", options.limit(), false);
      }
    }
    long reached = feed.revision();
    return page(selection, reached, cache.snapshot(), "", options.limit());
  }

  /// A limit with a revision and no match asks for exactly that revision, an old rule of upstream.
  private static boolean isExact(ListOptions options) {
    return options.resourceVersionMatch().equals("Exact")
        || options.resourceVersionMatch().isEmpty() && options.limit() > 0;
  }

  private ObjectPage resume(Selection selection, ListOptions options) {
    ContinueToken token = ContinueToken.decode(options.continueToken());
    if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals("0")) {
      throw ApiException.badRequest(
          "specifying resource version is not allowed when using continue");
    }
    String from = Snapshot.start(selection, resource.namespaced()) + token.start();
    if (token.revision() == ContinueToken.INCONSISTENT) {
      feed.awaitLatest();
      long reached = feed.revision();
      return page(selection, reached, cache.snapshot(), from, options.limit());
    }
    feed.await(token.revision());
    return at(selection, token.revision(), from, options.limit(), true);
  }

  private ObjectPage at(
      Selection selection, long revision, String from, long limit, boolean resumed) {
    Optional<Snapshot> known = cache.at(revision);
    if (known.isPresent()) {
      return page(selection, revision, known.get(), from, limit);
    }
    try {
      return pageOfStore(selection, revision, from, limit);
    } catch (StoreException.Compacted e) {
      throw resumed ? expiredToken(selection, from) : ObjectStorage.refused(e);
    } catch (StoreException e) {
      throw ObjectStorage.refused(e);
    }
  }

  private ApiException expiredToken(Selection selection, String from) {
    String start = from.substring(Snapshot.start(selection, resource.namespaced()).length());
    String token = new ContinueToken(ContinueToken.INCONSISTENT, start).encode();
    return new ExpiredContinue(token).toException();
  }

  /// A page of a snapshot that is the state at `max(revision, snapshot.revision)`.
  private ObjectPage page(
      Selection selection, long revision, Snapshot snapshot, String from, long limit) {
    long state = Math.max(revision, snapshot.revision());
    boolean namespaced = resource.namespaced();
    boolean byKeyOnly = selection.filter() == null && selection.indexed() == null;
    PersistentMap.Cursor<StoredObject> range = snapshot.range(selection, namespaced, from);
    if (byKeyOnly && limit <= 0 && !hasNameOnly(selection)) {
      int size = count(snapshot, selection, from);
      return new Page(resource.hub(), state, size, "", -1, range);
    }
    List<StoredObject> items = new ArrayList<>();
    while (range.hasNext()) {
      if (limit > 0 && items.size() == limit) {
        // Upstream ends a page when it is full and more keys follow, whether they match or not.
        long remaining = selection.bySelector() ? -1 : count(snapshot, selection, range.key());
        return new Page(
            resource.hub(),
            state,
            items.size(),
            continueAfter(selection, items.getLast(), state),
            remaining,
            items.iterator());
      }
      StoredObject object = range.next();
      if (cache.selects(selection, object)) {
        items.add(object);
      }
    }
    return new Page(resource.hub(), state, items.size(), "", -1, items.iterator());
  }

  /// A name without its namespace, which no key range finds.
  private boolean hasNameOnly(Selection selection) {
    return !selection.name().isEmpty() && !selection.isOneObject(resource.namespaced());
  }

  private int count(Snapshot snapshot, Selection selection, String from) {
    boolean namespaced = resource.namespaced();
    String start = Snapshot.start(selection, namespaced);
    String first = from.compareTo(start) > 0 ? from : start;
    return snapshot.byKey().rank(Snapshot.end(selection, namespaced))
        - snapshot.byKey().rank(first);
  }

  private String continueAfter(Selection selection, StoredObject last, long revision) {
    String key = resource.cacheKey(resource.key(last.namespace(), last.name()));
    String start = key.substring(Snapshot.start(selection, resource.namespaced()).length());
    return new ContinueToken(revision, "/" + start + "\0").encode();
  }

  private ObjectPage pageOfStore(Selection selection, long revision, String from, long limit) {
    boolean namespaced = resource.namespaced();
    String prefix = resource.keyPrefix();
    String first = Snapshot.start(selection, namespaced);
    String start = prefix + (from.compareTo(first) > 0 ? from : first);
    String end =
        selection.namespace().isEmpty() && !selection.isOneObject(namespaced)
            ? Store.prefixEnd(prefix)
            : prefix + Snapshot.end(selection, namespaced);
    List<StoredObject> items = new ArrayList<>();
    RangeRequest request =
        new RangeRequest(start.isEmpty() ? prefix : start, end, revision, STORE_PAGE, false, false);
    while (true) {
      RangeResult result = store.range(request);
      for (int i = 0; i < result.pairs().size(); i++) {
        KeyValue pair = result.pairs().get(i);
        if (limit > 0 && items.size() == limit) {
          long remaining = selection.bySelector() ? -1 : result.count() - i;
          String token = continueAfter(selection, items.getLast(), revision);
          return new Page(
              resource.hub(), revision, items.size(), token, remaining, items.iterator());
        }
        StoredObject object = ObjectStorage.readable(() -> resource.read(pair));
        if (cache.selects(selection, object)) {
          items.add(object);
        }
      }
      if (!result.more()) {
        return new Page(resource.hub(), revision, items.size(), "", -1, items.iterator());
      }
      request = request.from(result.pairs().getLast().key() + '\0');
    }
  }

  private record Page(
      ObjectForm itemForm,
      long revision,
      int size,
      String continueToken,
      long remaining,
      Iterator<StoredObject> iterator)
      implements ObjectPage {}

  // ---- watches ----

  public ObjectWatch watch(Selection selection, WatchOptions options) {
    boolean initialAsked = Boolean.TRUE.equals(options.sendInitialEvents());
    String version = options.resourceVersion();
    if (version.isEmpty() || version.equals("0")) {
      if (version.isEmpty()) {
        feed.awaitLatest();
      }
      boolean initial = !Boolean.FALSE.equals(options.sendInitialEvents());
      return begin(selection, options, initial, initialAsked);
    }
    long revision = Long.parseLong(version);
    if (initialAsked) {
      feed.await(revision);
      return begin(selection, options, true, true);
    }
    if (revision > feed.revision()) {
      // It may have happened already; if not, its events are waited for.
      feed.awaitLatest();
    }
    return cache.watchAfter(feed, selection, revision).withBookmarks(options.bookmarks(), false);
  }

  private ObjectWatch begin(
      Selection selection, WatchOptions options, boolean initial, boolean endMarked) {
    return cache
        .watchNow(feed, selection, initial, feed.revision())
        .withBookmarks(options.bookmarks(), endMarked && options.bookmarks());
  }

  /// The 410 that carries a token for those who prefer an inconsistent rest to a new list.
  private record ExpiredContinue(String token) {
    ApiException toException() {
      return ApiException.expiredContinue(
          "The provided continue parameter is too old to display a consistent list result. You can"
              + " start a new list without the continue parameter, or use the continue token in"
              + " this response to retrieve the remainder of the results. Continuing with the"
              + " provided token results in an inconsistent list - objects that were created,"
              + " modified, or deleted between the time the first chunk was returned and now may"
              + " show up in the list.",
          token);
    }
  }
}
