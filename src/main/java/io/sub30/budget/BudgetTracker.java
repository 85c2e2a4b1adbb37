package io.sub30.budget;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Turns closed ledgers into histograms of every hop and tier, counts of violations and one {@link
 * Violation} for each overrun.
 *
 * <p>{@link #record} is called by one thread only and allocates nothing unless there is an overrun;
 * {@link #collect} may be called from any other thread, one at a time (it synchronises on the
 * tracker, which the recording thread never does).
 */
public final class BudgetTracker {

  /** Receives every overrun, on the recording thread: it must not block. */
  @FunctionalInterface
  public interface ViolationListener extends Consumer<Violation> {}

  /** 100 ns to 10 s with two digits: enough to tell a 2 µs hop, and where a hanging one ends. */
  private static final long LOWEST_NANOS = 100;

  private static final long HIGHEST_NANOS = 10_000_000_000L;
  private static final int DIGITS = 2;

  private final Plan plan;
  private final ViolationListener listener;
  private final Series[][][] hops; // by tier, by line, by measure
  private final Series[][] totals; // by tier, by outcome of the request
  private final AtomicLongArray[][]
      violations; // by tier, by line (the last is the total), by level
  private final @Nullable LedgerRing ring;

  private final AtomicLongArray[] debts; // by tier, by line (the last is the total): nanoseconds

  /** A tracker whose ledgers are counted and forgotten. */
  public BudgetTracker(Plan plan, ViolationListener listener) {
    this(plan, listener, null);
  }

  /**
   * @param ring where the ledgers go besides, to be kept; of this tracker alone; null: nowhere
   */
  public BudgetTracker(Plan plan, ViolationListener listener, @Nullable LedgerRing ring) {
    this.plan = plan;
    this.listener = listener;
    this.ring = ring;
    int tiers = Tier.values().length;
    hops = new Series[tiers][plan.size()][Measure.values().length];
    totals = new Series[tiers][RequestOutcome.values().length];
    violations = new AtomicLongArray[tiers][plan.size() + 1];
    debts = new AtomicLongArray[tiers];
    for (int t = 0; t < tiers; t++) {
      debts[t] = new AtomicLongArray(plan.size() + 1);
      Arrays.setAll(totals[t], outcome -> new Series());
      Arrays.setAll(violations[t], line -> new AtomicLongArray(AlertLevel.values().length));
      for (int line = 0; line < plan.size(); line++) {
        Arrays.setAll(hops[t][line], measure -> new Series());
      }
    }
  }

  public Plan plan() {
    return plan;
  }

  /** Records a closed ledger. Hops that were not asked are not recorded. */
  public void record(String requestId, Tier tier, Ledger ledger, RequestOutcome requestOutcome) {
    int t = tier.ordinal();
    for (int line = 0; line < plan.size(); line++) {
      if (ledger.outcome(line) == Outcome.SKIPPED) {
        continue;
      }
      Series[] hop = hops[t][line];
      hop[Measure.WAIT.ordinal()].record(ledger.waitNanos(line));
      hop[Measure.SERVICE.ordinal()].record(ledger.serviceNanos(line));
      hop[Measure.SPENT.ordinal()].record(ledger.spentNanos(line));
      judge(requestId, tier, line, ledger, ledger.spentNanos(line));
    }
    totals[t][requestOutcome.ordinal()].record(ledger.totalNanos());
    judge(requestId, tier, plan.size(), ledger, ledger.totalNanos());
    if (ring != null) {
      ring.offer(tier, ledger, requestOutcome);
    }
  }

  private void judge(String requestId, Tier tier, int line, Ledger ledger, long actualNanos) {
    boolean whole = line == plan.size();
    long budgetNanos = whole ? plan.totalNanos(tier) : plan.lineNanos(tier, line);
    AlertLevel level = AlertLevel.of(actualNanos, budgetNanos);
    if (level == AlertLevel.NONE) {
      return;
    }
    violations[tier.ordinal()][line].incrementAndGet(level.ordinal());
    if (level.compareTo(AlertLevel.CRITICAL) >= 0) {
      debts[tier.ordinal()].addAndGet(line, actualNanos - budgetNanos);
      String component = whole ? Violation.TOTAL : plan.name(line);
      listener.accept(
          new Violation(requestId, ledger.traceId(), component, tier, budgetNanos, actualNanos));
    }
  }

  /** Adds everything recorded so far to {@code into}. */
  public synchronized void collect(BudgetReport into) {
    for (Tier tier : Tier.values()) {
      int t = tier.ordinal();
      for (int line = 0; line < plan.size(); line++) {
        for (Measure measure : Measure.values()) {
          into.add(tier, line, measure, hops[t][line][measure.ordinal()].total());
        }
        into.addViolations(tier, line, violations[t][line]);
        into.addDebt(tier, line, debts[t].get(line));
      }
      for (RequestOutcome outcome : RequestOutcome.values()) {
        into.addTotal(tier, outcome, totals[t][outcome.ordinal()].total());
      }
      into.addViolations(tier, plan.size(), violations[t][plan.size()]);
      into.addDebt(tier, plan.size(), debts[t].get(plan.size()));
    }
  }

  /** One series: the recorder the loop writes into and what was taken out of it so far. */
  private static final class Series {
    private final SingleWriterRecorder recorder =
        new SingleWriterRecorder(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
    private final Histogram sum = BudgetReport.emptyHistogram();
    private @Nullable Histogram spare;

    void record(long nanos) {
      recorder.recordValue(Math.max(0, Math.min(nanos, HIGHEST_NANOS)));
    }

    Histogram total() {
      spare = recorder.getIntervalHistogram(spare);
      sum.add(spare);
      return sum;
    }
  }

  static Histogram histogram() {
    return new Histogram(LOWEST_NANOS, HIGHEST_NANOS, DIGITS);
  }
}
