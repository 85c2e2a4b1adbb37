package io.sub30.database;

import io.sub30.budget.BreakerState;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * The one way anything but a commit gets to the system of record: through its breaker, and through
 * what a drill injects there, so that the breaker sees it. Lane-bound.
 */
final class PrimaryReads {

  private final DependencyBreaker breaker;
  private final Faults faults;

  PrimaryReads(DependencyBreaker breaker, Faults faults) {
    this.breaker = breaker;
    this.faults = faults;
  }

  /** Whether a call would be let through. */
  boolean healthy() {
    return breaker.state() == BreakerState.CLOSED;
  }

  <T> Future<T> call(Supplier<Future<T>> statement) {
    return breaker.call(() -> faults.pass(FaultPoint.POSTGRES, statement));
  }
}
