package io.sub30.client;

import java.util.random.RandomGenerator;

/**
 * When an unacknowledged batch is sent again: after what {@code Retry-After} asked for, else after
 * a delay of our own. Both double with every resend, because a server that is asked again too often
 * has less and less time to answer, and both get jitter, so that clients that lost one server do
 * not come back in one wave.
 *
 * @param resends times one batch is sent again at most, 0 to 100
 * @param firstMillis first delay, 1 to 60,000
 * @param longestMillis longest delay, and the longest {@code Retry-After} that is honoured in full
 */
public record RetryPolicy(int resends, long firstMillis, long longestMillis) {
  /**
   * Eight resends, 50 ms doubling, 30 s at most: together at least 6.4 s, enough for a failover but
   * not for a restart.
   */
  public static final RetryPolicy DEFAULT = new RetryPolicy(8, 50, 30_000);

  public RetryPolicy {
    if (resends < 0 || resends > 100) {
      throw new IllegalArgumentException("resends " + resends + ": must be 0 to 100");
    }
    if (firstMillis < 1 || firstMillis > 60_000 || longestMillis < firstMillis) {
      throw new IllegalArgumentException(
          "delays " + firstMillis + " to " + longestMillis + " ms: must be 1 to 60000 and rising");
    }
  }

  /** Never sends again. */
  public static RetryPolicy none() {
    return new RetryPolicy(0, 1, 1);
  }

  boolean sendsAgain(int resendsSoFar, Answer answer) {
    return resendsSoFar < resends && answer.retriable();
  }

  /**
   * How long to wait before the next resend. A server's wish is never undercut: it is doubled as
   * often as the batch was sent again, and jitter adds up to a tenth. Our own delay is spread over
   * its upper half.
   *
   * @return milliseconds, at least 1
   */
  long delayMillis(int resendsSoFar, Answer answer, RandomGenerator random) {
    if (answer.retryAfterMillis() != Answer.UNSAID) {
      long asked = doubled(Math.max(1, answer.retryAfterMillis()), resendsSoFar);
      return asked + random.nextLong(asked / 10 + 1);
    }
    long longest = Math.max(2, doubled(firstMillis, resendsSoFar));
    return longest / 2 + random.nextLong(longest - longest / 2);
  }

  private long doubled(long millis, int times) {
    return Math.min(Math.min(millis, longestMillis) << Math.min(times, 20), longestMillis);
  }
}
