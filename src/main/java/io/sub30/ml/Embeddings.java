package io.sub30.ml;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last embedding of every (tenant, terminal, symbol) of a lane. Bounded: the least recently
 * used one goes first, and its symbol answers "warming" until its next bar. Not thread-safe: one a
 * lane.
 */
final class Embeddings {

  /** Whose embedding it is. The tenant comes from the verified token and nowhere else. */
  record Key(String tenant, String terminal, String symbol) {}

  /**
   * One embedding.
   *
   * @param model that made it
   * @param barMsc open time of its newest bar, UTC
   * @param window it was made of, so that another model can make its own of it
   * @param values the embedding
   */
  record Entry(OnnxModel model, long barMsc, float[] window, float[] values) {}

  private final Map<Key, Entry> entries;

  /**
   * @param capacity entries kept, at least 1
   */
  Embeddings(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + ": must be 1 or more");
    }
    entries =
        new LinkedHashMap<>(64, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Entry> eldest) {
            return size() > capacity;
          }
        };
  }

  @Nullable Entry find(Key key) {
    return entries.get(key);
  }

  void keep(Key key, Entry entry) {
    entries.put(key, entry);
  }

  void drop(Key key) {
    entries.remove(key);
  }

  /** Drops everything of that tenant. */
  void forget(String tenant) {
    entries.keySet().removeIf(key -> key.tenant().equals(tenant));
  }

  int size() {
    return entries.size();
  }
}
