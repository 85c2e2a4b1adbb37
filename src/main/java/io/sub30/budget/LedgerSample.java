package io.sub30.budget;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Recorded ledgers held together to be looked at more than once: what every hop spent, some 44
 * bytes a ledger. At most {@value #MAX_LEDGERS}. Not thread-safe.
 */
public final class LedgerSample {

  /** 180 MB of nine lines each; a data folder keeps a tenth of it. */
  public static final int MAX_LEDGERS = 4_000_000;

  private static final int ROWS = 4_096; // of one block
  private static final int TIER = 0;
  private static final int TOTAL = 1;
  private static final int LINES = 2;
  private static final int NOT_ASKED = Integer.MIN_VALUE;

  private final List<String> lines;
  private final List<int[]> blocks = new ArrayList<>();
  private final long[] asked; // by line
  private int size;
  private long late;
  private long earliestMillis = Long.MAX_VALUE;
  private long latestMillis = Long.MIN_VALUE;

  /**
   * @param lines the names of the lines of every ledger that is to come
   */
  public LedgerSample(List<String> lines) {
    this.lines = List.copyOf(lines);
    this.asked = new long[lines.size()];
  }

  /**
   * Whether ledgers of that plan belong here: the budgets may be others, the lines may not.
   *
   * @throws IllegalArgumentException naming both, when the lines are others
   */
  public void accept(Plan recorded) {
    if (!recorded.names().equals(lines)) {
      throw new IllegalArgumentException(
          "its ledgers have the lines " + recorded.names() + "; they must have " + lines);
    }
  }

  /**
   * Adds a ledger of an {@linkplain #accept accepted} plan.
   *
   * @throws IllegalArgumentException when there are {@value #MAX_LEDGERS} already
   */
  public void add(RecordedLedger ledger) {
    if (size == MAX_LEDGERS) {
      throw new IllegalArgumentException(
          "there are more than " + MAX_LEDGERS + " ledgers; read fewer files or a shorter time");
    }
    int width = LINES + lines.size();
    if (size % ROWS == 0) {
      blocks.add(new int[ROWS * width]);
    }
    int[] block = blocks.get(size / ROWS);
    int at = size % ROWS * width;
    block[at + TIER] = ledger.tier().ordinal();
    block[at + TOTAL] = ledger.totalMicros();
    for (int line = 0; line < lines.size(); line++) {
      block[at + LINES + line] = NOT_ASKED;
      if (ledger.outcome(line) != Outcome.SKIPPED) {
        block[at + LINES + line] = bounded(ledger.spentMicros(line));
        asked[line]++;
      }
      if (ledger.outcome(line) == Outcome.LATE) {
        late++;
      }
    }
    earliestMillis = Math.min(earliestMillis, ledger.epochMillis());
    latestMillis = Math.max(latestMillis, ledger.epochMillis());
    size++;
  }

  private static int bounded(long micros) {
    return (int) Math.max(NOT_ASKED + 1, Math.min(Integer.MAX_VALUE, micros));
  }

  /** The names of the lines. */
  public List<String> lines() {
    return lines;
  }

  /** How many ledgers there are. */
  public int size() {
    return size;
  }

  /** How many of them asked that line. */
  public long asked(int line) {
    return asked[line];
  }

  /**
   * How many hops were given up on. They count with what they had spent by then: what they would
   * have needed nobody knows.
   */
  public long late() {
    return late;
  }

  /** When the first was recorded; {@link Long#MAX_VALUE} when there is none. */
  public long earliestMillis() {
    return earliestMillis;
  }

  /** When the last was recorded; {@link Long#MIN_VALUE} when there is none. */
  public long latestMillis() {
    return latestMillis;
  }

  Tier tier(int ledger) {
    return Tier.ofOrdinal(cell(ledger, TIER));
  }

  long totalNanos(int ledger) {
    return cell(ledger, TOTAL) * 1_000L;
  }

  boolean asked(int ledger, int line) {
    return cell(ledger, LINES + line) != NOT_ASKED;
  }

  /** What an asked line spent. */
  long spentNanos(int ledger, int line) {
    return cell(ledger, LINES + line) * 1_000L;
  }

  private int cell(int ledger, int field) {
    return blocks.get(ledger / ROWS)[ledger % ROWS * (LINES + lines.size()) + field];
  }

  @Override
  public String toString() {
    return size + " ledgers of " + lines + ", asked " + Arrays.toString(asked);
  }
}
