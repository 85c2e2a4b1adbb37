package io.sub30.budget;

import java.util.function.Consumer;

/**
 * What one lane needs to hold its requests to their budget: the estimates, the decisions made from
 * them, and the watch over what is under way.
 *
 * <p>Belongs to its lane; what it counted may be read from any thread.
 */
public final class LaneBudget {

  private final PathEstimates estimates;
  private final Admission admission;
  private final HopAllowances allowances;
  private final InFlight inFlight;
  private final ConcurrencyLimit concurrency;
  private final TurnedAway turnedAway;
  private final ModeSwitch mode;

  /**
   * @param listener told of what hangs; see {@link InFlight}
   */
  public LaneBudget(
      Plan plan, PathShape shape, ModeSwitch mode, NanoClock clock, Consumer<Violation> listener) {
    this.estimates = new PathEstimates(plan, clock);
    this.admission = new Admission(plan, shape, estimates, mode, clock);
    this.allowances = new HopAllowances(plan, shape, estimates, mode, clock);
    this.inFlight = new InFlight(plan, listener);
    this.concurrency = new ConcurrencyLimit(plan);
    this.turnedAway = new TurnedAway(clock.nanoTime());
    this.mode = mode;
  }

  public Admission admission() {
    return admission;
  }

  public HopAllowances allowances() {
    return allowances;
  }

  public InFlight inFlight() {
    return inFlight;
  }

  public ConcurrencyLimit concurrency() {
    return concurrency;
  }

  public TurnedAway turnedAway() {
    return turnedAway;
  }

  public Mode mode() {
    return mode.mode();
  }
}
