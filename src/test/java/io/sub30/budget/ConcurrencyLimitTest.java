package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConcurrencyLimitTest {

  private final Plan plan = Plans.specified();
  private final ConcurrencyLimit limit = new ConcurrencyLimit(plan);

  private void fill() {
    while (limit.underWay() < limit.limit()) {
      limit.began();
    }
  }

  @Test
  void turnsAway_onlyAtTheLimit() {
    assertThat(limit.turnsAway()).isFalse();
    fill();
    assertThat(limit.underWay()).isEqualTo(ConcurrencyLimit.FIRST);
    assertThat(limit.turnsAway()).isTrue();
    limit.ended();
    assertThat(limit.turnsAway()).isFalse();
    assertThat(limit.refused()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Tier.class)
  void answered_atFourFifthsOfTheTiersBudget_lowersIt(Tier tier) {
    long guardNanos = plan.totalNanos(tier) / 100 * ConcurrencyLimit.GUARD_PERCENT;
    fill();
    limit.answered(tier, guardNanos - 1, true);
    assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.FIRST + 1);
    limit.answered(tier, guardNanos, true);
    assertThat(limit.limit()).isEqualTo((ConcurrencyLimit.FIRST + 1) * 9 / 10);
  }

  @Test
  void answered_timeRanOutSoon_lowersItAllTheSame() {
    fill();
    limit.answered(Tier.ENTERPRISE, 1, false);
    assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.FIRST * 9 / 10);
  }

  @Test
  void answered_quickButFewUnderWay_learnsNothing() {
    limit.began();
    limit.answered(Tier.ENTERPRISE, 1, true);
    assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.FIRST);
  }

  @Test
  void answered_allSlow_leavesOneThatTriesAgain_andQuickOnesRaiseItAtOnce() {
    for (int i = 0; i < 1_000; i++) {
      limit.answered(Tier.ENTERPRISE, Long.MAX_VALUE, true);
    }
    assertThat(limit.limit()).isEqualTo(ConcurrencyLimit.FEWEST);
    assertThat(limit.turnsAway()).isFalse();
    limit.began();
    assertThat(limit.turnsAway()).isTrue();
    for (int i = 0; i < ConcurrencyLimit.FIRST; i++) {
      fill();
      limit.answered(Tier.ENTERPRISE, 1_000_000, true);
    }
    assertThat(limit.limit()).isGreaterThan(ConcurrencyLimit.FIRST);
  }

  @Property
  void limit_whateverComes_staysInItsBounds(@ForAll long seed) {
    Random random = new Random(seed);
    ConcurrencyLimit any = new ConcurrencyLimit(plan);
    for (int i = 0; i < 5_000; i++) {
      if (!any.turnsAway()) {
        any.began();
      }
      Tier tier = Tier.values()[random.nextInt(Tier.values().length)];
      any.answered(
          tier,
          random.nextBoolean() ? random.nextLong() : random.nextInt(40_000_000),
          random.nextBoolean());
      if (any.underWay() > 0 && random.nextInt(3) == 0) {
        any.ended();
      }
      assertThat(any.limit()).isBetween(ConcurrencyLimit.FEWEST, ConcurrencyLimit.MOST);
      assertThat(any.underWay()).isNotNegative();
    }
  }
}
