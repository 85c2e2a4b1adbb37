package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sub30.bus.ArmedFault.Verdict;
import io.sub30.config.FaultSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArmedFaultTest {

  private static final int CALLS = 100_000;

  @Test
  void next_shareAndFail_meetThatManyCalls() {
    List<Verdict> verdicts = verdicts("delay=10ms,share=0.5,fail=0.1", 1);

    assertThat(verdicts.stream().filter(v -> v.delayNanos() == 10_000_000).count() / (double) CALLS)
        .isCloseTo(0.5, within(0.01));
    assertThat(verdicts.stream().filter(Verdict::fails).count() / (double) CALLS)
        .isCloseTo(0.05, within(0.005));
    assertThat(verdicts)
        .allSatisfy(v -> assertThat(v.delayNanos()).isIn(0L, 10_000_000L))
        .noneMatch(v -> v.fails() && v.delayNanos() == 0); // who is spared does not fail
  }

  @Test
  void next_exponential_hasItsMeanAndBound() {
    List<Verdict> verdicts = verdicts("delay=10ms,distribution=exponential", 1);

    assertThat(verdicts.stream().mapToLong(Verdict::delayNanos).average().orElseThrow())
        .isCloseTo(10_000_000, within(100_000.0));
    assertThat(verdicts).allSatisfy(v -> assertThat(v.delayNanos()).isBetween(0L, 100_000_000L));
  }

  @Test
  void next_nothingOrEverything_isExact() {
    assertThat(verdicts("delay=1ms,share=0,fail=1", 1)).containsOnly(new Verdict(0, false));
    assertThat(verdicts("delay=1ms,fail=0", 1)).containsOnly(new Verdict(1_000_000, false));
    assertThat(verdicts("fail=1", 1)).containsOnly(new Verdict(0, true));
  }

  @Test
  void next_sameSeed_isTheSameSeries() {
    String text = "delay=10ms,distribution=uniform,share=0.7,fail=0.2";

    assertThat(verdicts(text, 7)).isEqualTo(verdicts(text, 7)).isNotEqualTo(verdicts(text, 8));
  }

  /** SplitMix64 with seed 0 begins with E220A8397B1DCDAF, 6E789E6AA1B965F4; the second delays. */
  @Test
  void next_seedZero_isTheKnownSeries() {
    ArmedFault fault = new ArmedFault(FaultSpec.parse("delay=10s,distribution=uniform"), 0);

    assertThat(fault.next().delayNanos())
        .isEqualTo((long) (10e9 * ((0x6E789E6AA1B965F4L >>> 11) * 0x1.0p-53)));
  }

  @Test
  void next_fromSeveralThreads_givesEachCallItsOwn() {
    ArmedFault fault = new ArmedFault(FaultSpec.parse("delay=10s,distribution=uniform"), 3);
    Set<Verdict> alone = new HashSet<>();
    ArmedFault same = new ArmedFault(fault.spec(), 3);
    for (int i = 0; i < CALLS; i++) {
      alone.add(same.next());
    }

    List<Verdict> together =
        IntStream.range(0, CALLS).parallel().mapToObj(i -> fault.next()).toList();

    assertThat(new HashSet<>(together)).isEqualTo(alone);
  }

  private static List<Verdict> verdicts(String text, long seed) {
    ArmedFault fault = new ArmedFault(FaultSpec.parse(text), seed);
    return IntStream.range(0, CALLS).mapToObj(i -> fault.next()).toList();
  }
}
