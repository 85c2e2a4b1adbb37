package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class DurationHistogramsTest {

  private static final long HIGHEST = 10_000_000_000L;

  private final DurationHistograms histograms = new DurationHistograms(3);

  private Histogram read(int series) {
    Histogram histogram = DurationHistograms.histogram();
    histograms.addTo(series, histogram);
    return histogram;
  }

  /**
   * Nothing is lost against HdrHistogram: the same counts in the same buckets. (Within the first it
   * tells 0 from the rest, in its maximum alone.)
   */
  @Property
  void record_anyDurations_areCountedAsHdrHistogramDoes(
      @ForAll List<@LongRange(min = 64, max = HIGHEST) Long> nanos) {
    DurationHistograms fresh = new DurationHistograms(2);
    Histogram expected = DurationHistograms.histogram();
    for (long duration : nanos) {
      fresh.record(1, duration);
      expected.recordValue(duration);
    }
    Histogram found = DurationHistograms.histogram();
    fresh.addTo(1, found);

    assertThat(found).isEqualTo(expected);
  }

  @Test
  void record_aroundEveryPowerOfTwo_isCountedAsHdrHistogramDoes() {
    Histogram expected = DurationHistograms.histogram();
    for (int bit = 0; bit < 34; bit++) {
      for (long nanos = (1L << bit) - 1; nanos <= (1L << bit) + 1; nanos++) {
        histograms.record(0, nanos);
        expected.recordValue(nanos);
      }
    }
    assertThat(read(0)).isEqualTo(expected);
  }

  @Test
  void record_beyondTheRange_isKeptAtItsEnds() {
    histograms.record(2, -1);
    histograms.record(2, Long.MIN_VALUE);
    histograms.record(2, HIGHEST + 1);
    histograms.record(2, Long.MAX_VALUE);

    Histogram found = read(2);
    assertThat(found.getCountAtValue(0)).isEqualTo(2);
    assertThat(found.getCountAtValue(HIGHEST)).isEqualTo(2);
    assertThat(read(0).getTotalCount() + read(1).getTotalCount()).isZero();
  }

  @Test
  void addTo_whatHoldsSomething_addsToIt() {
    histograms.record(1, 1_000_000);
    Histogram both = read(1);
    histograms.addTo(1, both);

    assertThat(both.getCountAtValue(1_000_000)).isEqualTo(2);
  }
}
