package io.sub30.gateway.answers;

import io.sub30.bus.Hop;
import io.sub30.v1.Degraded;
import io.sub30.v1.Prediction;
import io.sub30.v1.TickResult;

/**
 * What an answer says of the parts that were known before, because the budget left no room for new
 * ones: RFC 9111's Age and RFC 9211's Cache-Status.
 */
public final class CachedPart {

  /** The source of what was not made for this request, as the answer's body says it. */
  public static final String SOURCE = "cache";

  /** The header of RFC 9111: whole seconds. */
  public static final String AGE = "age";

  /** The header of RFC 9211. */
  public static final String CACHE_STATUS = "cache-status";

  /** What {@link #CACHE_STATUS} says of an answer with a cached part. */
  public static final String HIT = "sub30; hit; detail=budget";

  private CachedPart() {}

  /** The age of the oldest cached part in whole seconds; negative when nothing was cached. */
  public static long ageSeconds(TickResult result) {
    boolean cached = false;
    for (Prediction prediction : result.getPredictionsList()) {
      cached |= prediction.getSource().equals(SOURCE);
    }
    if (!cached) {
      return -1;
    }
    long oldestMillis = 0;
    for (Degraded step : result.getDegradedList()) {
      if (step.getHop().equals(Hop.ML_PROCESSING.line())) {
        oldestMillis = Math.max(oldestMillis, step.getAgeMs());
      }
    }
    return oldestMillis / 1_000;
  }
}
