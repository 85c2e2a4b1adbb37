package io.sub30.gateway.rates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingLineTest {

  private static final long MILLI = 1_000_000;
  private static final long REST = 30 * MILLI;

  /** So that times pass the end of the numbers. */
  private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - 700 * MILLI);

  private final List<String> decided = new ArrayList<>();
  private final RateLimits limits = limits(10, 4);
  private final WaitingLine<String> free = line(limits, Tier.FREE);

  /** Free: two a second, two at once, may wait 1.2 s. Pro: ten a second, may wait 10 ms. */
  private RateLimits limits(int waiting, int perTenant) {
    return new RateLimits(
        new RatesConfig(
            new RateConfig(2, 2, Duration.ofMillis(1_200)),
            new RateConfig(10, 10, Duration.ofMillis(10)),
            new RateConfig(50, 50, Duration.ZERO),
            waiting,
            perTenant,
            3,
            1),
        clock);
  }

  private WaitingLine<String> line(RateLimits of, Tier tier) {
    return new WaitingLine<>(
        of, tier, (batch, decision) -> decided.add(batch + " " + decision.verdict()));
  }

  private RateDecision join(WaitingLine<String> line, String batch, String tenant, long millis) {
    return line.join(batch, tenant, clock.nanoTime() + millis * MILLI, REST);
  }

  private Verdict join(String batch, long millis) {
    return join(free, batch, "a", millis).verdict();
  }

  private void spend(WaitingLine<String> line, String tenant) {
    while (line.ask(tenant).granted()) {
      assertThat(decided).isEmpty();
    }
  }

  private void pass(long millis) {
    clock.advanceNanos(millis * MILLI);
    free.settle();
  }

  @Test
  void join_overTheRate_isLetInToTheNanosecond() {
    assertThat(free.nextNanos()).isEqualTo(WaitingLine.NOBODY);
    assertThat(join("1", 1_000)).isEqualTo(Verdict.GRANTED);
    assertThat(join("2", 1_000)).isEqualTo(Verdict.GRANTED);
    RateDecision third = join(free, "3", "a", 1_000);
    assertThat(third.verdict()).isEqualTo(Verdict.WAITING);
    assertThat(third.waitNanos()).isEqualTo(500 * MILLI);
    assertThat(free.nextNanos()).isEqualTo(500 * MILLI);
    assertThat(limits.waiting(Tier.FREE)).isEqualTo(1);

    clock.advanceNanos(500 * MILLI - 1);
    free.settle();
    assertThat(decided).isEmpty();
    clock.advanceNanos(1);
    free.settle();
    assertThat(decided).containsExactly("3 GRANTED");
    assertThat(free.nextNanos()).isEqualTo(WaitingLine.NOBODY);
    assertThat(limits.waiting(Tier.FREE)).isZero();
  }

  @Test
  void join_turnAfterThePatienceOrTooNearTheDeadline_isRefusedAtOnce() {
    spend(free, "a");
    assertThat(join("no time left", 529)).isEqualTo(Verdict.REFUSED);
    assertThat(join("just", 530)).isEqualTo(Verdict.WAITING);
    assertThat(join("second", 5_000)).isEqualTo(Verdict.WAITING);
    RateDecision third = join(free, "at 1.5 s", "a", 5_000);
    assertThat(third.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(third.retryAfterMillis()).isEqualTo(1_500);
    assertThat(join(free, "other", "b", 31).granted()).isTrue();
  }

  @Test
  void settle_severalOfATenant_theEarliestDeadlineGoesFirst() {
    spend(free, "a");
    assertThat(join("late", 2_000)).isEqualTo(Verdict.WAITING);
    assertThat(join("early", 900)).isEqualTo(Verdict.WAITING);
    pass(500);
    assertThat(decided).containsExactly("early GRANTED");
    pass(500);
    assertThat(decided).containsExactly("early GRANTED", "late GRANTED");
  }

  @Test
  void settle_turnsOfSeveralTenants_goByDeadlineToo() {
    spend(free, "a");
    spend(free, "b");
    join(free, "of a", "a", 1_000);
    join(free, "of b", "b", 800);
    pass(500);
    assertThat(decided).containsExactly("of b GRANTED", "of a GRANTED");
  }

  /** Whoever waits already keeps what was promised, also against an earlier deadline. */
  @Test
  void join_wouldMakeAnotherLate_isRefused() {
    spend(free, "a");
    assertThat(join("waits", 1_000)).isEqualTo(Verdict.WAITING);
    assertThat(join("earlier", 600)).isEqualTo(Verdict.REFUSED);
    pass(500);
    assertThat(decided).containsExactly("waits GRANTED");
  }

  @Test
  void join_lineFull_isRefusedUntilAPlaceIsFree() {
    WaitingLine<String> two = line(limits(2, 1), Tier.FREE);
    for (String tenant : List.of("a", "b", "c")) {
      spend(two, tenant);
    }
    assertThat(join(two, "a1", "a", 5_000).verdict()).isEqualTo(Verdict.WAITING);
    assertThat(join(two, "a2", "a", 5_000).verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(join(two, "b1", "b", 5_000).verdict()).isEqualTo(Verdict.WAITING);
    assertThat(join(two, "c1", "c", 5_000).verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(two.leave("a1", "a")).isTrue();
    assertThat(join(two, "c2", "c", 5_000).verdict()).isEqualTo(Verdict.WAITING);
  }

  @Test
  void leave_fromTheMiddle_othersMoveUpAndItsTurnIsNotCounted() {
    spend(free, "a");
    join("1", 5_000);
    join("2", 6_000);
    assertThat(free.leave("1", "b")).isFalse();
    assertThat(free.leave("1", "a")).isTrue();
    assertThat(free.leave("1", "a")).isFalse();
    assertThat(limits.waiting(Tier.FREE)).isEqualTo(1);
    pass(500);
    assertThat(decided).containsExactly("2 GRANTED");
    assertThat(free.leave("2", "a")).isFalse();
  }

  @Test
  void leave_theLastOne_leavesNothingBehind() {
    spend(free, "a");
    join("1", 5_000);
    assertThat(free.leave("1", "a")).isTrue();
    assertThat(free.nextNanos()).isEqualTo(WaitingLine.NOBODY);
    assertThat(limits.waiting(Tier.FREE)).isZero();
    clock.advanceNanos(500 * MILLI);
    assertThat(free.ask("a").granted()).isTrue();
    assertThat(decided).isEmpty();
  }

  /** A read does not take the turn a batch has waited for. */
  @Test
  void ask_othersWait_isRefusedAndToldWhatIsLeftForIt() {
    spend(free, "a");
    join("1", 5_000);
    RateDecision asked = free.ask("a");
    assertThat(asked.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(asked.retryAfterMillis()).isEqualTo(1_000);
    clock.advanceNanos(500 * MILLI);
    assertThat(free.ask("a").verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(decided).containsExactly("1 GRANTED");
  }

  /** The turn is the tenant's, wherever it asks. */
  @Test
  void settle_turnSpentOnAnotherLoop_waitsOnOrIsRefused() {
    spend(free, "a");
    join("short", 600);
    join(free, "long", "a", 5_000);
    clock.advanceNanos(500 * MILLI);
    assertThat(line(limits, Tier.FREE).ask("a").granted()).isTrue();
    free.settle();
    assertThat(decided).containsExactly("short REFUSED");
    assertThat(free.nextNanos()).isEqualTo(500 * MILLI);
    pass(500);
    assertThat(decided).containsExactly("short REFUSED", "long GRANTED");
  }

  @Test
  void settle_afterAStall_doesNotSpendATurnOnWhatIsTooLate() {
    spend(free, "a");
    join("1", 1_000);
    pass(971);
    assertThat(decided).containsExactly("1 REFUSED");
    assertThat(free.ask("a").granted()).isTrue();
  }

  @Test
  void join_pro_waitsTenMillisAtMost() {
    WaitingLine<String> pro = line(limits, Tier.PRO);
    spend(pro, "a");
    clock.advanceNanos(90 * MILLI - 1);
    assertThat(join(pro, "1", "a", 100).verdict()).isEqualTo(Verdict.REFUSED);
    clock.advanceNanos(1);
    assertThat(join(pro, "2", "a", 100).verdict()).isEqualTo(Verdict.WAITING);
    clock.advanceNanos(10 * MILLI);
    pro.settle();
    assertThat(decided).containsExactly("2 GRANTED");
  }

  @Test
  void join_enterprise_neverWaits() {
    WaitingLine<String> enterprise = line(limits, Tier.ENTERPRISE);
    spend(enterprise, "a");
    clock.advanceNanos(20 * MILLI - 1);
    assertThat(join(enterprise, "1", "a", 30_000).verdict()).isEqualTo(Verdict.REFUSED);
    clock.advanceNanos(1);
    assertThat(join(enterprise, "2", "a", 30_000).granted()).isTrue();
  }

  @Test
  void join_moreTenantsThanAreRemembered_isNoRoom() {
    for (String tenant : List.of("a", "b", "c")) {
      spend(free, tenant);
    }
    assertThat(join(free, "d1", "d", 5_000).verdict()).isEqualTo(Verdict.NO_ROOM);
    assertThat(limits.waiting(Tier.FREE)).isZero();
  }
}
