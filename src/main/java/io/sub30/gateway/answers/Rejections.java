package io.sub30.gateway.answers;

import io.sub30.v1.RejectedTick;
import io.sub30.v1.TickResult;

/** Says why no tick of a batch was good, in a line. */
public final class Rejections {

  /** Ticks that are named; the others are only counted. */
  private static final int NAMED = 10;

  private Rejections() {}

  /** One sentence for a client all of whose ticks were rejected. */
  public static String describe(TickResult result) {
    StringBuilder text =
        new StringBuilder("all ")
            .append(result.getRejectedCount())
            .append(" ticks were rejected: ");
    int named = Math.min(NAMED, result.getRejectedCount());
    for (int i = 0; i < named; i++) {
      RejectedTick tick = result.getRejected(i);
      text.append(i == 0 ? "" : ", ")
          .append("ticks[")
          .append(tick.getIndex())
          .append("] ")
          .append(tick.getReason());
    }
    return result.getRejectedCount() > named ? text.append(" …").toString() : text.toString();
  }
}
