package io.sub30.ml;

import org.jspecify.annotations.Nullable;

/**
 * What came after a sample.
 *
 * @param direction {@link Head#UP}, {@link Head#DOWN} or {@link Head#NONE}: which barrier was
 *     reached first within the horizon (triple barrier, López de Prado 2018, ch. 3)
 * @param exceeds whether the move over the horizon was larger than the cost
 * @param logVolatility logarithm of the realised volatility over the horizon
 * @param naiveLogVolatility the same of the horizon before the sample
 * @param barrier distance of both barriers, log return
 * @param move log return over the horizon
 */
record Label(
    int direction,
    boolean exceeds,
    double logVolatility,
    double naiveLogVolatility,
    double barrier,
    double move) {

  /**
   * Grid on which volatility is realised: fine enough for a stable sum, too coarse for bid-ask
   * bounce.
   */
  private static final int STEPS = 12;

  /**
   * Labels a sample.
   *
   * @param sigmas width of the barriers in standard deviations, at least the cost
   * @return null when the tape ends within the horizon or nothing traded in it
   */
  static @Nullable Label of(Tape tape, Sample sample, int horizonSeconds, double sigmas) {
    long end = sample.timeMsc() + horizonSeconds * 1_000L;
    int last = sample.tick();
    double start = tape.logMid(last);
    double barrier = Math.max(sample.cost(), sigmas * sample.sigma());
    int direction = Head.NONE;
    while (last + 1 < tape.size() && tape.timeMsc(last + 1) <= end) {
      last++;
      double moved = tape.logMid(last) - start;
      if (direction == Head.NONE && Math.abs(moved) >= barrier) {
        direction = moved > 0 ? Head.UP : Head.DOWN;
      }
    }
    // Several ticks may share the sample's millisecond: they are no market activity after it.
    if (tape.timeMsc(last) == sample.timeMsc() || tape.lastMsc() < end) {
      return null;
    }
    double move = tape.logMid(last) - start;
    double floor = 0.05 * sample.cost();
    double realised = tape.realised(sample.tick(), sample.timeMsc(), end, STEPS);
    long begin = sample.timeMsc() - horizonSeconds * 1_000L;
    double past = tape.realised(tape.before(sample.tick(), begin), begin, sample.timeMsc(), STEPS);
    return new Label(
        direction,
        Math.abs(move) > sample.cost(),
        Math.log(Math.max(realised, floor)),
        Math.log(Math.max(past, floor)),
        barrier,
        move);
  }
}
