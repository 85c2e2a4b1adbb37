package io.sub30.market;

/** What the rows of a file look like. One instance reads one file. */
interface Rows {

  /** Reads the current line into {@code tick}; false when it is a header. */
  boolean read(Lines lines, TickSlot tick) throws MalformedTickException;

  /** Moves {@code tick} to the next one that the same row stands for; false when there is none. */
  default boolean more(TickSlot tick) {
    return false;
  }
}
