package io.sub30.bus;

/**
 * Why a hop gave no answer. Expected outcomes of its work (a duplicate, a rejected tick) are values
 * in its reply instead.
 */
public enum FailureCode {
  /**
   * The time was up before the hop answered. Whether it did its work is not known. Retry with the
   * same sequence.
   */
  LATE,
  /** The time was up before the hop started: it did nothing. Retry later. */
  EXPIRED,
  /** A bound was reached: the hop did nothing. Retry after a pause. */
  OVERLOADED,
  /** The hop, or what it depends on, cannot be reached: it did nothing. Retry after a pause. */
  UNAVAILABLE,
  /** The request itself is wrong. Do not retry. */
  INVALID,
  /** A bug or corrupt data. It was logged. Retrying is not expected to help. */
  INTERNAL;

  private static final FailureCode[] BY_NUMBER = values();

  int number() {
    return ordinal();
  }

  static FailureCode of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : INTERNAL;
  }
}
