package io.sub30.budget;

/**
 * When a dependency is not to be asked any more, and when again.
 *
 * @param windowNanos over which calls are counted, 10 ns or more
 * @param minCalls that the window must hold before anything is concluded from it, from 1
 * @param failurePercent of the window's calls that failed, from which on the breaker opens, 1 to
 *     100
 * @param slowPercent of the window's calls that were slow, likewise
 * @param slowNanos what a call must stay below so as not to be slow, from 1
 * @param resetMillis after which an open breaker tries the dependency by itself, from 1
 * @param probes that must be good and quick in a row before it closes, from 1
 */
public record BreakerLimits(
    long windowNanos,
    int minCalls,
    int failurePercent,
    int slowPercent,
    long slowNanos,
    int resetMillis,
    int probes) {

  /** The shipped configuration's; a call is slow from 20 ms, two thirds of the whole budget. */
  public static final BreakerLimits DEFAULT =
      new BreakerLimits(10_000_000_000L, 20, 50, 80, 20_000_000, 500, 3);

  /** Of {@code minCalls}, what one call may stand for: so four at least are needed. */
  private static final int LEAST_CALLS = 4;

  public BreakerLimits {
    require("window in ns", windowNanos, CallWindow.BUCKETS, Long.MAX_VALUE);
    require("minimum of calls", minCalls, 1, Integer.MAX_VALUE);
    require("failure rate in %", failurePercent, 1, 100);
    require("slow rate in %", slowPercent, 1, 100);
    require("slow limit in ns", slowNanos, 1, Long.MAX_VALUE);
    require("reset in ms", resetMillis, 1, Integer.MAX_VALUE);
    require("probes", probes, 1, Integer.MAX_VALUE);
  }

  private static void require(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "the breaker's " + name + " is " + value + ", it must be " + least + " to " + most);
    }
  }

  /** The same with another slow limit. */
  public BreakerLimits withSlow(long nanos) {
    return new BreakerLimits(
        windowNanos, minCalls, failurePercent, slowPercent, nanos, resetMillis, probes);
  }

  /** Whether a call of that length was slow. */
  public boolean isSlow(long nanos) {
    return nanos >= slowNanos;
  }

  /**
   * How many calls one of that length counts as. Whoever asks one call at a time (the commits of a
   * lane) makes none while one hangs, so that a server which hangs shows few calls beside the many
   * good ones of before: the coordinated omission of load tests. A call {@code k} times as long as
   * the slow limit therefore stands for {@code k} calls, but never for more than a quarter of
   * {@code minCalls}.
   */
  int weight(long nanos) {
    long most = Math.max(1, minCalls / LEAST_CALLS);
    return (int) Math.max(1, Math.min(nanos / slowNanos, most));
  }
}
