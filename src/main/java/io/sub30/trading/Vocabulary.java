package io.sub30.trading;

import io.sub30.market.Features;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names an expression may use, and where their values stand in the frame it is evaluated on:
 * first {@link Features}, then the quote and the symbol, then the prediction. Immutable.
 *
 * <p>Beside the features, which know no prices, there are in price units {@code bid}, {@code ask},
 * {@code mid}, {@code spread}, {@code typical_spread}, {@code pip}, {@code point}, {@code atr} (the
 * ATR behind {@code atr_bps}), {@code sigma_fast} and {@code sigma_slow} (standard deviations of a
 * minute's move, behind {@code volatility_fast} and {@code volatility_slow}); and of the prediction
 * {@code p_up}, {@code p_down}, {@code p_exceeds_cost} (probabilities), {@code volatility}
 * (standard deviation of the log return over the horizon) and {@code horizon_s} (seconds).
 */
final class Vocabulary {

  private static final List<String> QUOTE =
      List.of(
          "bid",
          "ask",
          "mid",
          "spread",
          "typical_spread",
          "pip",
          "point",
          "atr",
          "sigma_fast",
          "sigma_slow");
  private static final List<String> PREDICTION =
      List.of("p_up", "p_down", "p_exceeds_cost", "volatility", "horizon_s");
  private static final int MAX_ADVICE = 5;

  /** What the serving path speaks. */
  static final Vocabulary SERVING = new Vocabulary(Features.NAMES);

  private final List<String> names;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final int featureCount;

  /**
   * @throws IllegalArgumentException when a name stands for two values
   */
  Vocabulary(List<String> features) {
    var all = new ArrayList<>(features);
    all.addAll(QUOTE);
    all.addAll(PREDICTION);
    for (int i = 0; i < all.size(); i++) {
      if (indexes.put(all.get(i), i) != null) {
        throw new IllegalArgumentException("the name '" + all.get(i) + "' stands for two values");
      }
    }
    this.names = List.copyOf(all);
    this.featureCount = features.size();
  }

  List<String> names() {
    return names;
  }

  /** How many values a frame has. */
  int frameSize() {
    return names.size();
  }

  int featureCount() {
    return featureCount;
  }

  /** Index of {@code bid}; the rest of the quote follows in order. */
  int quoteIndex() {
    return featureCount;
  }

  /** Index of {@code p_up}; the rest of the prediction follows in order, up to the frame's end. */
  int predictionIndex() {
    return featureCount + QUOTE.size();
  }

  /** Index in the frame, or -1 when the name is unknown. */
  int indexOf(String name) {
    return indexes.getOrDefault(name, -1);
  }

  /** What to write instead of an unknown name: the closest ones, or all when none is close. */
  String advice(String unknown) {
    int reach = Math.max(2, unknown.length() / 2);
    List<String> close =
        names.stream()
            .filter(name -> related(unknown, name) || distance(unknown, name) <= reach)
            .sorted(
                Comparator.<String>comparingInt(name -> distance(unknown, name))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MAX_ADVICE)
            .toList();
    return close.isEmpty()
        ? "known are " + String.join(", ", names)
        : "close ones are " + String.join(", ", close);
  }

  private static boolean related(String unknown, String name) {
    return unknown.length() >= 3 && (name.contains(unknown) || unknown.contains(name));
  }

  /** Edits from one word to the other (Levenshtein), upper and lower case being the same. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        boolean same =
            Character.toLowerCase(from.charAt(i - 1)) == Character.toLowerCase(to.charAt(j - 1));
        int replaced = diagonal + (same ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
