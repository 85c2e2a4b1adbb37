package io.sub30.market;

/**
 * What the encoder sees: the last {@value #LENGTH} closed M1 bars, oldest first, {@value #CHANNELS}
 * channels a bar, interleaved: {@code [bar0.c0, bar0.c1, bar0.c2, bar1.c0, ...]}.
 *
 * <ol start="0">
 *   <li>{@code ln(close / close of the bar before)}
 *   <li>{@code ln(high / low)}
 *   <li>{@code ln(1 + ticks)}
 * </ol>
 */
public final class BarWindow {

  /** Bars. */
  public static final int LENGTH = 32;

  /** Numbers a bar. */
  public static final int CHANNELS = 3;

  /** Numbers in all. */
  public static final int SIZE = LENGTH * CHANNELS;

  private BarWindow() {}

  /**
   * Writes the window that ends with the newest closed bar; false, and nothing written, when bars
   * are missing.
   */
  public static boolean write(SymbolState state, float[] window) {
    return write(state, 0, window);
  }

  /**
   * Writes the window as it was when the closed bar {@code back} was the newest.
   *
   * @param back 0 is the newest bar; up to {@code SymbolState.BARS - LENGTH} can be had
   * @param window at least {@link #SIZE} long
   * @return false, and nothing written, when bars are missing
   */
  public static boolean write(SymbolState state, int back, float[] window) {
    if (back < 0 || Bars.available(state) < back + LENGTH) {
      return false;
    }
    int at = 0;
    for (int bar = back + LENGTH - 1; bar >= back; bar--) {
      window[at++] = (float) Bars.closeReturn(state, bar);
      window[at++] = (float) StrictMath.log(Bars.high(state, bar) / Bars.low(state, bar));
      window[at++] = (float) StrictMath.log(1.0 + Bars.ticks(state, bar));
    }
    return true;
  }
}
