package io.sub30.client;

import io.sub30.v1.Tick;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Ticks that can be read from the beginning as often as needed, the same every time. */
@FunctionalInterface
public interface TickSupply {
  /** Opens the supply at its first tick. */
  Ticks open() throws IOException;

  /** One reading, in the order the ticks happened. One thread reads. */
  interface Ticks extends Closeable {
    /** The next tick, or null after the last. */
    @Nullable Tick next() throws IOException;
  }
}
