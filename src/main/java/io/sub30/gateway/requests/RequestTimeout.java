package io.sub30.gateway.requests;

import org.jspecify.annotations.Nullable;

/** The header by which a client asks for less time than its tier allows. It can never get more. */
public final class RequestTimeout {

  /** Its name. */
  public static final String HEADER = "x-request-timeout-ms";

  /** What is said of a value that is none. */
  public static final String RULE = "X-Request-Timeout-Ms must be a whole number from 1 to 3600000";

  private static final int MAX_MILLIS = 3_600_000;

  private RequestTimeout() {}

  /**
   * Nanoseconds; {@link Long#MAX_VALUE} when the header is absent, negative when it is not a valid
   * number.
   */
  public static long nanos(@Nullable String header) {
    if (header == null) {
      return Long.MAX_VALUE;
    }
    try {
      int millis = Integer.parseInt(header);
      return millis < 1 || millis > MAX_MILLIS ? -1 : millis * 1_000_000L;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
