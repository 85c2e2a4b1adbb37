package io.sub30.budget;

/**
 * How a breaker stands; a snapshot, free to travel.
 *
 * @param state whether calls are let through
 * @param failureRate share of the window's calls that failed, 0 to 1
 * @param slowRate share of the window's calls that were slow, 0 to 1
 * @param opened how often it left the closed state since start
 * @param calls let through since start
 * @param failures of those
 * @param slow of those
 * @param refused calls that were not let through, since start
 * @param lastCause of the last opening or bad probe; empty when there was none
 */
public record BreakerStatus(
    BreakerState state,
    double failureRate,
    double slowRate,
    long opened,
    long calls,
    long failures,
    long slow,
    long refused,
    String lastCause) {

  /** Whether calls are let through. */
  public boolean isClosed() {
    return state == BreakerState.CLOSED;
  }
}
