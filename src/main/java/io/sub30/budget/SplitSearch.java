package io.sub30.budget;

import java.util.Arrays;

/**
 * Finds the split of a number of units over lines that costs least, where the cost of a split is
 * the sum of what each line costs at its share: dynamic programming, exact.
 *
 * <p>With {@code best(k, s)} the least cost of giving {@code s} units to the first {@code k} lines,
 * {@code best(k, s) = min over b of best(k - 1, s - b) + cost(k, b)}, because what the other lines
 * cost does not depend on what this one is given. That looks at every share of every line for every
 * rest: O(lines · units²) time, O(lines · units) memory; 30 ms in steps of 0.1 ms over nine lines
 * are some 400,000 additions.
 *
 * <p>A cost is a pair, compared by its first part and then by its second. Of equal costs the
 * smaller share of the later line wins, so that the result is the same every time.
 */
final class SplitSearch {

  private static final long UNREACHABLE = Long.MAX_VALUE;

  /**
   * What one line costs at each share.
   *
   * @param least the fewest units it may be given
   * @param first by units; the sum over all lines must stay below 2^62
   * @param second likewise
   */
  record Cost(int least, long[] first, long[] second) {}

  private final int units;
  private long[] first;
  private long[] second;

  private SplitSearch(int units) {
    this.units = units;
    this.first = unreachable();
    this.second = new long[units + 1];
    first[0] = 0;
  }

  /**
   * The share of every line.
   *
   * @param units what they add up to; no less than the lines' least
   */
  static int[] best(Cost[] lines, int units) {
    if (Arrays.stream(lines).mapToInt(Cost::least).sum() > units) {
      throw new IllegalArgumentException(units + " units are fewer than the lines must have");
    }
    SplitSearch search = new SplitSearch(units);
    int[][] chosen = new int[lines.length][];
    for (int line = 0; line < lines.length; line++) {
      chosen[line] = search.add(lines[line]);
    }
    int[] shares = new int[lines.length];
    int rest = units;
    for (int line = lines.length - 1; line >= 0; line--) {
      shares[line] = chosen[line][rest];
      rest -= shares[line];
    }
    return shares;
  }

  /** Adds a line; what comes back is the share it gets of each sum. */
  private int[] add(Cost line) {
    long[] nextFirst = unreachable();
    long[] nextSecond = new long[units + 1];
    int[] chosen = new int[units + 1];
    for (int sum = line.least(); sum <= units; sum++) {
      for (int share = line.least(); share <= sum; share++) {
        if (first[sum - share] == UNREACHABLE) {
          continue;
        }
        long a = first[sum - share] + line.first()[share];
        long b = second[sum - share] + line.second()[share];
        if (a < nextFirst[sum] || (a == nextFirst[sum] && b < nextSecond[sum])) {
          nextFirst[sum] = a;
          nextSecond[sum] = b;
          chosen[sum] = share;
        }
      }
    }
    first = nextFirst;
    second = nextSecond;
    return chosen;
  }

  private long[] unreachable() {
    long[] costs = new long[units + 1];
    Arrays.fill(costs, UNREACHABLE);
    return costs;
  }
}
