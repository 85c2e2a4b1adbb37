package io.sub30.budget;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * Where the time of recorded ledgers went, in the measure of the plan's total: what a request of
 * another tier spent counts by the ratio of the two totals, as its budget does.
 */
public final class LedgerFigures {

  private final Histogram[] spent; // by line
  private final double[] spentNanos; // by line
  private final Histogram total = DurationHistograms.histogram();
  private double totalNanos;

  private LedgerFigures(int lines) {
    spent = new Histogram[lines];
    Arrays.setAll(spent, line -> DurationHistograms.histogram());
    spentNanos = new double[lines];
  }

  /** Adds up every ledger of the sample. */
  public static LedgerFigures of(Plan plan, LedgerSample sample) {
    sample.accept(plan);
    LedgerFigures figures = new LedgerFigures(plan.size());
    for (int ledger = 0; ledger < sample.size(); ledger++) {
      double scale = (double) plan.totalNanos() / plan.totalNanos(sample.tier(ledger));
      for (int line = 0; line < plan.size(); line++) {
        if (sample.asked(ledger, line)) {
          double nanos = sample.spentNanos(ledger, line) * scale;
          figures.spentNanos[line] += nanos;
          record(figures.spent[line], nanos);
        }
      }
      double nanos = sample.totalNanos(ledger) * scale;
      figures.totalNanos += nanos;
      record(figures.total, nanos);
    }
    return figures;
  }

  private static void record(Histogram into, double nanos) {
    into.recordValue(Math.max(0, Math.min(Math.round(nanos), into.getHighestTrackableValue())));
  }

  /** What that line spent where it was asked, in nanoseconds. */
  public Histogram spent(int line) {
    return spent[line];
  }

  /** What whole requests took, in nanoseconds. */
  public Histogram total() {
    return total;
  }

  /** The line's part of all the time that was spent, 0 to 1. */
  public double share(int line) {
    return totalNanos == 0 ? 0 : spentNanos[line] / totalNanos;
  }

  /** The part that no line accounts for. */
  public double unattributedShare() {
    return totalNanos == 0 ? 0 : 1 - Arrays.stream(spentNanos).sum() / totalNanos;
  }
}
