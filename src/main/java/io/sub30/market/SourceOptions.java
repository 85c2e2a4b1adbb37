package io.sub30.market;

import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * What a tick file does not say about itself.
 *
 * @param symbols the canonical table; gives the price step for bar exports
 * @param symbol the broker's name of the instrument, or null to take it from the file's name
 * @param zone what the file's wall-clock is ahead of UTC; behind is negative
 */
public record SourceOptions(Symbols symbols, @Nullable String symbol, ZoneOffset zone) {

  /** Files in UTC whose names say the symbol. */
  public static SourceOptions utc(Symbols symbols) {
    return new SourceOptions(symbols, null, ZoneOffset.UTC);
  }
}
