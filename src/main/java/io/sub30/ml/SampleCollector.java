package io.sub30.ml;

import io.sub30.market.BarWindow;
import io.sub30.market.Features;
import io.sub30.market.Quality;
import io.sub30.market.SymbolState;
import io.sub30.market.TickSlot;
import io.sub30.market.TickSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs history through the same {@link SymbolState} that serves, and takes samples of what a model
 * would have been given.
 */
final class SampleCollector {

  /** Most ticks that are kept, 16 bytes each. */
  private static final int MAX_TICKS = 20_000_000;

  private static final int TICKS_A_REPORT = 8_192;
  private static final double BAR_SECONDS = 60;

  private final TrainingPlan plan;
  private final TrainingProgress progress;
  private final SymbolState state = new SymbolState();
  private final Tape tape = new Tape();
  private final List<float[]> windows = new ArrayList<>();
  private List<Sample> samples = new ArrayList<>();
  private long everyMillis;
  private long nextSampleMsc = Long.MIN_VALUE;
  private boolean windowIsNew = true;

  // Of the tick before, to pass over the same one sent twice.
  private long lastMsc;
  private double lastBid;
  private double lastAsk;
  private double lastPrice;
  private double lastVolume;

  SampleCollector(TrainingPlan plan, TrainingProgress progress) {
    this.plan = plan;
    this.progress = progress;
    everyMillis = plan.sampling().everySeconds() * 1_000L;
  }

  /**
   * Reads everything.
   *
   * @throws IOException when a source cannot be read
   * @throws IllegalArgumentException when there are too many ticks
   */
  SampleSet collect() throws IOException {
    List<TrainingPlan.Opener> sources = plan.history().sources();
    for (int i = 0; i < sources.size(); i++) {
      String stage = sources.size() == 1 ? "read" : "read " + (i + 1) + "/" + sources.size();
      try (TickSource source = sources.get(i).open()) {
        read(source, stage);
      }
    }
    return new SampleSet(tape, windows, samples);
  }

  private void read(TickSource source, String stage) throws IOException {
    long count = 0;
    while (source.next()) {
      TickSlot tick = source.tick();
      if (tick.timeMsc >= plan.untilMsc()) {
        break;
      }
      take(tick);
      if (++count % TICKS_A_REPORT == 0 && source.bytesTotal() > 0) {
        progress.advanced(source.bytesRead(), source.bytesTotal(), stage);
      }
    }
    progress.advanced(1, 1, stage);
  }

  private void take(TickSlot tick) {
    // What serving rejects or quarantines is no experience either.
    boolean crossed = tick.bid > tick.ask && tick.ask > 0;
    if (crossed || tick.bid < 0 || tick.ask < 0 || tick.last < 0 || repeated(tick)) {
      return;
    }
    if (!state.complete(tick, plan.symbol().typicalSpread())
        || (tick.quality & (Quality.OUT_OF_ORDER | Quality.RESTARTED)) != 0) {
      return;
    }
    windowIsNew |= state.apply(tick);
    if (tape.size() == MAX_TICKS) {
      throw new IllegalArgumentException("more than " + MAX_TICKS + " ticks: give less history");
    }
    tape.add(state.timeMsc(), state.mid());
    if (state.timeMsc() >= nextSampleMsc && Features.isWarm(state) && window()) {
      sample();
    }
  }

  private boolean repeated(TickSlot tick) {
    boolean same =
        tick.timeMsc == lastMsc
            && tick.bid == lastBid
            && tick.ask == lastAsk
            && tick.last == lastPrice
            && tick.volume == lastVolume;
    lastMsc = tick.timeMsc;
    lastBid = tick.bid;
    lastAsk = tick.ask;
    lastPrice = tick.last;
    lastVolume = tick.volume;
    return same;
  }

  /** Whether there is a window; many samples share one, since it changes once a minute. */
  private boolean window() {
    if (windowIsNew) {
      float[] window = new float[BarWindow.SIZE];
      if (!BarWindow.write(state, window)) {
        return false;
      }
      windows.add(window);
      windowIsNew = false;
    }
    return true;
  }

  private void sample() {
    double[] values = new double[Features.COUNT];
    Features.write(state, values);
    float[] features = new float[values.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) values[i];
    }
    int newest = windows.size() - 1;
    double spread = (state.ask() - state.bid()) / state.mid();
    samples.add(
        new Sample(
            tape.size() - 1,
            state.timeMsc(),
            newest,
            features,
            Math.max(spread, plan.question().minimumCost()),
            sigma(windows.get(newest))));
    nextSampleMsc = state.timeMsc() + everyMillis;
    if (samples.size() > plan.sampling().most()) {
      thin();
    }
  }

  /** Standard deviation over the horizon, from the window's returns of a minute. */
  private double sigma(float[] window) {
    double squares = 0;
    for (int bar = 0; bar < BarWindow.LENGTH; bar++) {
      double change = window[bar * BarWindow.CHANNELS];
      squares += change * change;
    }
    double minute = squares / BarWindow.LENGTH;
    return Math.sqrt(minute * plan.question().horizonSeconds() / BAR_SECONDS);
  }

  /** Drops every second sample and takes the following ones at half the rate. */
  private void thin() {
    List<Sample> kept = new ArrayList<>(samples.size() / 2 + 1);
    for (int i = 0; i < samples.size(); i += 2) {
      kept.add(samples.get(i));
    }
    samples = kept;
    everyMillis *= 2;
  }
}
