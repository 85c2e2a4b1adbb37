package io.sub30.market;

import java.io.IOException;

/**
 * A cursor over historical ticks, oldest first. {@link #next} fills the one {@link #tick}; no
 * object is made for a tick. Belongs to one thread at a time; reads files, so never on an event
 * loop.
 */
public interface TickSource extends AutoCloseable {

  /**
   * Moves to the next tick.
   *
   * @return false at the end
   * @throws MalformedTickException when a row is not of the format
   * @throws IOException when the file cannot be read
   */
  boolean next() throws IOException;

  /**
   * The tick the cursor stands on, as the source reports it: {@link SymbolState#complete} has not
   * seen it. Times are UTC. Always the same object.
   */
  TickSlot tick();

  /** The instrument, as the source spells it. */
  String symbol();

  /** Bytes of text read so far. */
  long bytesRead();

  /** Bytes of text in all, as far as can be known before reading; -1 when it cannot. */
  long bytesTotal();

  @Override
  void close() throws IOException;
}
