package io.sub30.gateway.cells;

import io.sub30.v1.Prediction;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last prediction a tenant got for each symbol of each of its terminals: what an answer falls
 * back on when there is no time for a new one. One a cell, so no other tenant can ever be served
 * from it.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class KnownPredictions {

  /** Of one tenant; the one used longest ago makes room. */
  static final int MAX_ENTRIES = 256;

  private record Key(String terminal, String symbol) {}

  /**
   * One prediction.
   *
   * @param prediction as it was made
   * @param madeMsc when the batch it was made for came in, UTC of this server
   */
  record Entry(Prediction prediction, long madeMsc) {}

  private final long maxAgeMillis;
  private final Map<Key, Entry> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Entry> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  /**
   * @param maxAgeMillis beyond which nothing is served; 0 serves nothing
   */
  KnownPredictions(long maxAgeMillis) {
    this.maxAgeMillis = maxAgeMillis;
  }

  void note(String terminal, Prediction prediction, long madeMsc) {
    entries.put(new Key(terminal, prediction.getSymbol()), new Entry(prediction, madeMsc));
  }

  /** The last one that is not too old at {@code nowMsc}; null when there is none. */
  @Nullable Entry find(String terminal, String symbol, long nowMsc) {
    Entry entry = entries.get(new Key(terminal, symbol));
    return entry != null && nowMsc - entry.madeMsc() <= maxAgeMillis ? entry : null;
  }

  void clear() {
    entries.clear();
  }
}
