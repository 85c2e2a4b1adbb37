package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecentDurationsTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000_000_000;

  private final RecentDurations durations = new RecentDurations(10, SECOND, 0);
  private final DurationTable table = new DurationTable();

  @Property
  boolean bucket_anyDuration_holdsItToSixPercent(
      @ForAll @LongRange(min = 1_024, max = 17_000_000_000L) long nanos) {
    int bucket = DurationBuckets.of(nanos);
    long upper = DurationBuckets.upperNanos(bucket);
    return upper >= nanos
        && upper - nanos <= nanos / 16
        && (bucket == 0 || DurationBuckets.upperNanos(bucket - 1) < nanos);
  }

  @Test
  void bucket_belowAndAboveAll_isTheFirstAndTheLast() {
    assertThat(DurationBuckets.of(Long.MIN_VALUE)).isZero();
    assertThat(DurationBuckets.of(0)).isZero();
    assertThat(DurationBuckets.of(Long.MAX_VALUE)).isEqualTo(DurationBuckets.COUNT - 1);
  }

  @Test
  void probability_oneToAHundredMillis_isTheShareThatEnded() {
    for (int i = 1; i <= 100; i++) {
      durations.ended(i * MILLI);
    }
    durations.tabulate(table);

    assertThat(table.samples()).isEqualTo(100);
    assertThat(table.probability(0)).isZero();
    assertThat(table.probability(-1)).isZero();
    assertThat(table.probability(50 * MILLI)).isEqualTo(0.5, within(0.04));
    assertThat(table.probability(Long.MAX_VALUE)).isEqualTo(1, within(1e-9));
    assertThat(table.quantileNanos(0.5) / 1e6).isEqualTo(50, within(3.5));
    assertThat(table.quantileNanos(0.99) / 1e6).isEqualTo(99, within(6.5));
  }

  @Test
  void median_allInOneBucket_isItsMiddleAndNotItsEnd() {
    for (int i = 0; i < 100; i++) {
      durations.ended(50_600_000);
    }
    durations.tabulate(table);

    assertThat(table.medianNanos() / 1e6).isEqualTo(51.4, within(0.1));
    assertThat(table.quantileNanos(0.5) / 1e6).isEqualTo(52.4, within(0.1));
  }

  @Test
  void median_halfEndWhereABucketEnds_isThatEnd() {
    durations.ended(10 * MILLI);
    durations.ended(20 * MILLI);
    durations.tabulate(table);

    assertThat(table.medianNanos()).isEqualTo(table.quantileNanos(0.5));
  }

  @Test
  void median_belowAllBuckets_isWithinTheFirst() {
    durations.ended(0);
    durations.tabulate(table);

    assertThat(table.medianNanos()).isBetween(1L, DurationBuckets.upperNanos(0));
  }

  /** Every sample is known to a bucket, 6 % wide, and so is the middle one of an odd number. */
  @Property
  boolean median_anyDurations_isWithinABucketOfTheTrueOne(
      @ForAll @Size(min = 1, max = 200)
          List<@LongRange(min = 2_048, max = 10_000_000_000L) Long> nanos) {
    List<Long> odd = nanos.subList(0, (nanos.size() - 1) / 2 * 2 + 1);
    RecentDurations fresh = new RecentDurations(10, SECOND, 0);
    odd.forEach(fresh::ended);
    DurationTable made = new DurationTable();
    fresh.tabulate(made);
    long middle = odd.stream().sorted().toList().get(odd.size() / 2);
    return Math.abs(made.medianNanos() - middle) <= middle / 16 + 1;
  }

  @Test
  void probability_neverFlatters_aBucketCountsWhenItEndsByThen() {
    durations.ended(10 * MILLI);
    durations.tabulate(table);

    assertThat(table.probability(10 * MILLI)).isZero();
    assertThat(table.probability(11 * MILLI)).isEqualTo(1, within(1e-9));
  }

  @Test
  void censored_allGivenUpOn_nothingIsKnownToEnd() {
    for (int i = 0; i < 100; i++) {
      durations.censored(15 * MILLI);
    }
    durations.tabulate(table);

    assertThat(table.probability(SECOND)).isZero();
    assertThat(table.quantileNanos(0.5)).isEqualTo(Long.MAX_VALUE);
    assertThat(table.medianNanos()).isEqualTo(Long.MAX_VALUE);
  }

  /** Half are given up on early, at random: the other half still tells the whole distribution. */
  @Test
  void censored_atRandom_doesNotBiasTheRest() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      long nanos = (long) (-Math.log(1 - random.nextDouble()) * 10 * MILLI);
      long patience = (long) (-Math.log(1 - random.nextDouble()) * 10 * MILLI);
      if (nanos <= patience) {
        durations.ended(nanos);
      } else {
        durations.censored(patience);
      }
    }
    durations.tabulate(table);

    assertThat(table.probability(10 * MILLI)).isEqualTo(1 - Math.exp(-1), within(0.03));
    assertThat(table.probability(20 * MILLI)).isEqualTo(1 - Math.exp(-2), within(0.03));
  }

  @Test
  void advance_pastTheRing_forgetsEverything() {
    durations.ended(MILLI);
    durations.advance(10 * SECOND - 1);
    durations.tabulate(table);
    assertThat(table.samples()).isEqualTo(1);

    durations.advance(10 * SECOND);
    durations.tabulate(table);
    assertThat(table.samples()).isZero();
  }

  @Test
  void advance_clockStandsStillOrGoesBack_changesNothing() {
    durations.ended(MILLI);
    durations.advance(0);
    durations.advance(-5 * SECOND);
    durations.tabulate(table);

    assertThat(table.samples()).isEqualTo(1);
  }

  @Test
  void advance_clockJumpsFar_forgetsEverythingAndGoesOn() {
    durations.ended(MILLI);
    durations.advance(Long.MAX_VALUE / 2);
    durations.ended(2 * MILLI);
    durations.tabulate(table);

    assertThat(table.samples()).isEqualTo(1);
    assertThat(table.quantileNanos(1)).isGreaterThanOrEqualTo(2 * MILLI);
  }

  /** A table is made anew as if it were a fresh one, whatever it held and wherever that was. */
  @Test
  void tabulate_again_leavesNothingOfTheTableBefore() {
    durations.ended(100_000);
    durations.ended(5 * SECOND);
    durations.tabulate(table);
    assertThat(table.probability(MILLI)).isEqualTo(0.5, within(1e-9));

    durations.empty();
    durations.tabulate(table);
    assertThat(table.samples()).isZero();
    assertThat(table.probability(Long.MAX_VALUE)).isZero();
    assertThat(table.quantileNanos(0.5)).isEqualTo(Long.MAX_VALUE);

    durations.ended(10 * MILLI);
    durations.tabulate(table);
    assertThat(table.probability(MILLI)).isZero();
    assertThat(table.probability(11 * MILLI)).isEqualTo(1, within(1e-9));
    assertThat(table.probability(Long.MAX_VALUE)).isEqualTo(1, within(1e-9));
  }

  @Test
  void tabulate_enoughInTheNewest_leavesOutTheOlder() {
    for (int i = 0; i < 500; i++) {
      durations.ended(MILLI);
    }
    durations.advance(SECOND);
    for (int i = 0; i < 15; i++) {
      durations.censored(15 * MILLI);
    }
    durations.tabulate(table, 15);
    assertThat(table.samples()).isEqualTo(15);
    assertThat(table.quantileNanos(0.5)).isEqualTo(Long.MAX_VALUE);

    durations.tabulate(table, 16);
    assertThat(table.samples()).isEqualTo(515);
    assertThat(table.quantileNanos(0.5)).isLessThan(2 * MILLI);
  }
}
