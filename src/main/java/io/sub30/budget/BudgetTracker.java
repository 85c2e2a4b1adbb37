package io.sub30.budget;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns closed ledgers into histograms of every hop and tier, counts of violations and one {@link
 * Violation} for each overrun.
 *
 * <p>{@link #record} is called by one thread only and allocates nothing unless there is an overrun;
 * {@link #collect} may be called from any thread.
 */
public final class BudgetTracker {

  /** Receives every overrun, on the recording thread: it must not block. */
  @FunctionalInterface
  public interface ViolationListener extends Consumer<Violation> {}

  private static final int MEASURES = Measure.values().length;
  private static final int OUTCOMES = RequestOutcome.values().length;

  private final Plan plan;
  private final ViolationListener listener;
  private final DurationHistograms hops; // by tier, by line, by measure
  private final DurationHistograms totals; // by tier, by outcome of the request
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
    hops = new DurationHistograms(tiers * plan.size() * MEASURES);
    totals = new DurationHistograms(tiers * OUTCOMES);
    violations = new AtomicLongArray[tiers][plan.size() + 1];
    debts = new AtomicLongArray[tiers];
    for (int t = 0; t < tiers; t++) {
      debts[t] = new AtomicLongArray(plan.size() + 1);
      Arrays.setAll(violations[t], line -> new AtomicLongArray(AlertLevel.values().length));
    }
  }

  public Plan plan() {
    return plan;
  }

  /** Records a closed ledger. Hops that were not asked are not recorded. */
  public void record(String requestId, Tier tier, Ledger ledger, RequestOutcome requestOutcome) {
    for (int line = 0; line < plan.size(); line++) {
      if (ledger.outcome(line) == Outcome.SKIPPED) {
        continue;
      }
      int hop = series(tier, line);
      hops.record(hop + Measure.WAIT.ordinal(), ledger.waitNanos(line));
      hops.record(hop + Measure.SERVICE.ordinal(), ledger.serviceNanos(line));
      hops.record(hop + Measure.SPENT.ordinal(), ledger.spentNanos(line));
      judge(requestId, tier, line, ledger, ledger.spentNanos(line));
    }
    totals.record(series(tier, requestOutcome), ledger.totalNanos());
    judge(requestId, tier, plan.size(), ledger, ledger.totalNanos());
    if (ring != null) {
      ring.offer(tier, ledger, requestOutcome);
    }
  }

  /** The first of a hop's series; one for each measure. */
  private int series(Tier tier, int line) {
    return (tier.ordinal() * plan.size() + line) * MEASURES;
  }

  private static int series(Tier tier, RequestOutcome outcome) {
    return tier.ordinal() * OUTCOMES + outcome.ordinal();
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
  public void collect(BudgetReport into) {
    for (Tier tier : Tier.values()) {
      int t = tier.ordinal();
      for (int line = 0; line < plan.size(); line++) {
        for (Measure measure : Measure.values()) {
          hops.addTo(series(tier, line) + measure.ordinal(), into.hop(tier, line, measure));
        }
        into.addViolations(tier, line, violations[t][line]);
        into.addDebt(tier, line, debts[t].get(line));
      }
      for (RequestOutcome outcome : RequestOutcome.values()) {
        totals.addTo(series(tier, outcome), into.total(tier, outcome));
      }
      into.addViolations(tier, plan.size(), violations[t][plan.size()]);
      into.addDebt(tier, plan.size(), debts[t].get(plan.size()));
    }
  }
}
