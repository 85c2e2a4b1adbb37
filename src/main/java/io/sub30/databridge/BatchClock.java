package io.sub30.databridge;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Quality;
import io.sub30.v1.TickBatch;

/**
 * The time of one batch: how its broker's wall-clock relates to UTC.
 *
 * <p>The offset the terminal declares is used as it stands. A second one is inferred from the
 * newest tick: live ticks arrive within a minute, and brokers' clocks differ from UTC by quarters
 * of an hour, so an arrival that is off by a quarter more or less, give or take that minute, tells
 * of a wrong declaration (most often a change to or from daylight saving time). Then the batch's
 * ticks are flagged, not moved: a guess must not rewrite what the terminal said.
 */
final class BatchClock {

  /** Offsets in use reach from -12 to +14 hours. */
  private static final int MAX_OFFSET_SECONDS = 15 * 3_600;

  /** 2100-01-01: what lies beyond is no time. */
  private static final long MAX_TIME_MSC = 4_102_444_800_000L;

  private static final long QUARTER_MILLIS = 900_000;
  private static final long PLAUSIBLE_LAG_MILLIS = 60_000;
  private static final long LIVE_MILLIS = 86_400_000;

  private final long offsetMillis;
  private final boolean valid;
  private final long earliestMsc;
  private final long latestMsc;
  private final int quality;

  BatchClock(TickBatch batch, long receivedMsc, DataBridgeConfig config) {
    int seconds = batch.getServerUtcOffsetS();
    valid = Math.abs((long) seconds) <= MAX_OFFSET_SECONDS;
    offsetMillis = seconds * 1_000L;
    latestMsc = Math.min(MAX_TIME_MSC, receivedMsc + config.futureMillis());
    earliestMsc = config.maxAgeMillis() == 0 ? Long.MIN_VALUE : receivedMsc - config.maxAgeMillis();
    quality = suspect(batch, receivedMsc, offsetMillis) ? Quality.OFFSET_SUSPECT : 0;
  }

  private static boolean suspect(TickBatch batch, long receivedMsc, long declaredMillis) {
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < batch.getTicksCount(); i++) {
      newest = Math.max(newest, batch.getTicks(i).getTimeMsc());
    }
    if (newest <= 0 || newest > MAX_TIME_MSC) {
      return false;
    }
    long ahead = newest - declaredMillis - receivedMsc;
    if (Math.abs(ahead) > LIVE_MILLIS) {
      return false;
    }
    long inferred = Math.round((double) ahead / QUARTER_MILLIS) * QUARTER_MILLIS;
    return inferred != 0 && Math.abs(ahead - inferred) <= PLAUSIBLE_LAG_MILLIS;
  }

  boolean valid() {
    return valid;
  }

  /** UTC of a broker's wall-clock time, epoch milliseconds; both at most in the year 2100. */
  long utc(long brokerMsc) {
    return Math.min(brokerMsc, MAX_TIME_MSC + 2 * LIVE_MILLIS) - offsetMillis;
  }

  boolean future(long utcMsc) {
    return utcMsc > latestMsc;
  }

  boolean tooOld(long utcMsc) {
    return utcMsc < earliestMsc;
  }

  /** The bits of quality that all ticks of the batch share. */
  int quality() {
    return quality;
  }
}
