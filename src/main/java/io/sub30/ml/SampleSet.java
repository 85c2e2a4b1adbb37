package io.sub30.ml;

import java.util.List;

/**
 * What a pass over history gives.
 *
 * @param tape the prices, for labels
 * @param windows bar windows in order of time; samples point into them
 * @param samples in order of time
 */
record SampleSet(Tape tape, List<float[]> windows, List<Sample> samples) {

  SampleSet {
    windows = List.copyOf(windows);
    samples = List.copyOf(samples);
  }
}
