package io.sub30.budget;

import java.util.Arrays;

/**
 * What became of the calls of the last seconds: how many there were, failed, and were slow. A call
 * can be both. Nothing is forgotten because of a later success, so a server that fails every second
 * call shows as that.
 *
 * <p>Time is cut into {@value #BUCKETS} buckets; the oldest leaves as a whole, so the window
 * reaches back between nine and ten tenths of its length. Recording allocates nothing. Not
 * thread-safe.
 */
public final class CallWindow {

  /** Parts of the window. */
  static final int BUCKETS = 10;

  private final BreakerLimits limits;
  private final NanoClock clock;
  private final long bucketNanos;
  private final int[] calls = new int[BUCKETS];
  private final int[] failures = new int[BUCKETS];
  private final int[] slow = new int[BUCKETS];
  private int current;
  private long currentFromNanos;
  private long callSum;
  private long failureSum;
  private long slowSum;

  /** An empty window that begins now. */
  public CallWindow(BreakerLimits limits, NanoClock clock) {
    this.limits = limits;
    this.clock = clock;
    this.bucketNanos = limits.windowNanos() / BUCKETS;
    this.currentFromNanos = clock.nanoTime();
  }

  /**
   * Notes one call that has just ended; a long one counts several times, see {@link
   * BreakerLimits#weight}.
   *
   * @return whether the window's calls now reach a limit
   */
  public boolean record(long nanos, boolean failed) {
    advance();
    int weight = limits.weight(nanos);
    calls[current] += weight;
    callSum += weight;
    if (failed) {
      failures[current] += weight;
      failureSum += weight;
    }
    if (limits.isSlow(nanos)) {
      slow[current] += weight;
      slowSum += weight;
    }
    return trips();
  }

  /** Whether enough calls are in the window, and enough of them failed or were slow. */
  public boolean trips() {
    advance();
    return callSum >= limits.minCalls()
        && (failureSum * 100 >= callSum * limits.failurePercent()
            || slowSum * 100 >= callSum * limits.slowPercent());
  }

  /** Calls in the window, by weight. */
  public long calls() {
    advance();
    return callSum;
  }

  /** The share that failed, 0 to 1; 0 when there were none. */
  public double failureRate() {
    advance();
    return callSum == 0 ? 0 : (double) failureSum / callSum;
  }

  /** The share that was slow, 0 to 1; 0 when there were none. */
  public double slowRate() {
    advance();
    return callSum == 0 ? 0 : (double) slowSum / callSum;
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(calls, 0);
    Arrays.fill(failures, 0);
    Arrays.fill(slow, 0);
    callSum = 0;
    failureSum = 0;
    slowSum = 0;
    currentFromNanos = clock.nanoTime();
  }

  private void advance() {
    long passed = (clock.nanoTime() - currentFromNanos) / bucketNanos;
    if (passed <= 0) {
      return;
    }
    if (passed >= BUCKETS) {
      clear();
      return;
    }
    for (long i = 0; i < passed; i++) {
      current = (current + 1) % BUCKETS;
      callSum -= calls[current];
      failureSum -= failures[current];
      slowSum -= slow[current];
      calls[current] = 0;
      failures[current] = 0;
      slow[current] = 0;
    }
    currentFromNanos += passed * bucketNanos;
  }
}
