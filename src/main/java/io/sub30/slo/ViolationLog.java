package io.sub30.slo;

import io.sub30.budget.AlertLevel;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.budget.Violation;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs every overrun with request id, trace id, component, budget, actual and overage: a hop's at
 * INFO, a whole request's at WARN. Under an avalanche of overruns the log must not become the next
 * one, so at most {@link #LINES_A_SECOND} are written a second and tier, so that no tier's hides
 * another's; the first line afterwards says how many were not. (The metrics count all of them.)
 *
 * <p>One for each tracker, called on its loop only.
 */
public final class ViolationLog implements BudgetTracker.ViolationListener {

  private static final Logger log = LoggerFactory.getLogger(ViolationLog.class);

  static final int LINES_A_SECOND = 10;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final NanoClock clock;
  private long secondNanos;
  private final int[] lines = new int[Tier.values().length];
  private long suppressed;

  public ViolationLog(NanoClock clock) {
    this.clock = clock;
    this.secondNanos = clock.nanoTime();
  }

  /** A hop, or a whole request, that has overrun its budget and is still under way. */
  public void hanging(Violation violation) {
    if (violation.level().compareTo(AlertLevel.CRITICAL) < 0) {
      return; // counted, but not worth a line: most of these end in time
    }
    write(violation, "budget violation under way");
  }

  @Override
  public void accept(Violation violation) {
    write(violation, "budget violation");
  }

  private void write(Violation violation, String what) {
    if (!mayWrite(violation.tier())) {
      suppressed++;
      return;
    }
    if (suppressed > 0) {
      log.warn("{} budget violations were not logged, there were too many", suppressed);
      suppressed = 0;
    }
    if (violation.component().equals(Violation.TOTAL)) {
      log.warn("{}", describe(violation, what));
    } else {
      log.info("{}", describe(violation, what));
    }
  }

  private boolean mayWrite(Tier tier) {
    long now = clock.nanoTime();
    if (now - secondNanos >= SECOND_NANOS) {
      secondNanos = now;
      Arrays.fill(lines, 0);
    }
    return lines[tier.ordinal()]++ < LINES_A_SECOND;
  }

  private static String describe(Violation violation, String what) {
    return what
        + " request="
        + violation.requestId()
        + " trace="
        + violation.traceId()
        + " component="
        + violation.component()
        + " tier="
        + violation.tier().label()
        + " level="
        + violation.level().label()
        + " budget_us="
        + violation.budgetNanos() / 1_000
        + " actual_us="
        + violation.actualNanos() / 1_000
        + " overage_us="
        + violation.overageNanos() / 1_000;
  }
}
