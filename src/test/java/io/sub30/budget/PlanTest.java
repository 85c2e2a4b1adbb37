package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlanTest {

  private static final Duration TOTAL = Duration.ofMillis(30);

  @Test
  void specified_addsUp_keepsEveryLine() {
    Plan plan = Plans.specified();

    assertThat(plan.size()).isEqualTo(9);
    assertThat(plan.totalNanos()).isEqualTo(30_000_000);
    assertThat(plan.lineNanos(Tier.ENTERPRISE, 4)).isEqualTo(8_000_000);
    assertThat(plan.name(4)).isEqualTo("ml_processing");
  }

  @Test
  void lineNanos_otherTierTotals_areScaled() {
    Plan plan = Plans.specified();

    assertThat(plan.totalNanos(Tier.FREE)).isEqualTo(1_000_000_000);
    assertThat(plan.lineNanos(Tier.PRO, 2)).isEqualTo(10_000_000);
    assertThat(plan.lineNanos(Tier.PRO, 4)).isEqualTo(26_666_667);
    assertThat(plan.lineNanos(Tier.FREE, 8)).isEqualTo(100_000_000);
  }

  @Property(tries = 100)
  void lineNanos_anyPlan_addsUpToTheTierTotal(
      @ForAll @Size(min = 1, max = Plan.MAX_LINES)
          List<@IntRange(min = 1, max = 3_600_000) Integer> millis,
      @ForAll @IntRange(min = 1, max = 100_000) int tierMillis) {
    List<Plan.Line> lines =
        IntStream.range(0, millis.size())
            .mapToObj(i -> Plans.line("line_" + i, millis.get(i)))
            .toList();
    Duration total = Duration.ofMillis(millis.stream().mapToLong(Integer::longValue).sum());
    Map<Tier, Duration> tiers = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      tiers.put(tier, Duration.ofMillis(tierMillis));
    }
    Plan plan = new Plan(lines, total, tiers);

    long sum = 0;
    for (int line = 0; line < plan.size(); line++) {
      sum += plan.lineNanos(Tier.PRO, line);
    }
    assertThat(Math.abs(sum - plan.totalNanos(Tier.PRO))).isLessThanOrEqualTo(plan.size());
  }

  @Test
  void new_linesDoNotAddUp_namesBothSums() {
    assertThatThrownBy(() -> new Plan(Plans.lines(), Duration.ofMillis(31), Plans.TIERS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the budget lines add up to 30 ms, the total is 31 ms: they must be equal");
    Duration almost = TOTAL.minusNanos(1);
    assertThatThrownBy(() -> new Plan(Plans.lines(), almost, Plans.TIERS))
        .hasMessageContaining("29.999999 ms");
  }

  @Test
  void new_lineTwice_namesTheLines() {
    List<Plan.Line> lines = List.of(Plans.line("a", 10), Plans.line("b", 10), Plans.line("a", 10));

    assertThatThrownBy(() -> new Plan(lines, TOTAL, Plans.TIERS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a budget line occurs twice in [a, b, a]");
  }

  @Test
  void new_noLinesOrTooMany_isRefused() {
    assertThatThrownBy(() -> new Plan(List.of(), Duration.ZERO, Plans.TIERS))
        .hasMessageContaining("1 to 32 lines, not 0");
    List<Plan.Line> lines = new ArrayList<>();
    for (int i = 0; i <= Plan.MAX_LINES; i++) {
      lines.add(Plans.line("line_" + i, 1));
    }
    assertThatThrownBy(() -> new Plan(lines, Duration.ofMillis(33), Plans.TIERS))
        .hasMessageContaining("1 to 32 lines, not 33");
    assertThat(
            new Plan(
                    lines.subList(0, Plan.MAX_LINES),
                    Duration.ofMillis(Plan.MAX_LINES),
                    Plans.TIERS)
                .size())
        .isEqualTo(32);
  }

  @Test
  void new_tierWithoutTotal_namesTheTier() {
    Map<Tier, Duration> tiers = new EnumMap<>(Plans.TIERS);
    tiers.put(Tier.PRO, Duration.ZERO);
    assertThatThrownBy(() -> new Plan(Plans.lines(), TOTAL, tiers))
        .hasMessage("tier pro needs a total above 0 ms, not 0 ms");

    tiers.remove(Tier.PRO);
    assertThatThrownBy(() -> new Plan(Plans.lines(), TOTAL, tiers))
        .hasMessage("tier pro needs a total above 0 ms, not none");
  }

  @Test
  void line_outOfRange_isRefused() {
    assertThatThrownBy(() -> Plans.line("x", 0)).hasMessageContaining("budget line x is 0 ms");
    assertThatThrownBy(() -> Plans.line("x", -1)).hasMessageContaining("budget line x is -1 ms");
    assertThatThrownBy(() -> Plans.line("x", 3_600_001)).hasMessageContaining("at most 1 h");
    assertThat(Plans.line("x", 3_600_000).budget()).isEqualTo(Duration.ofHours(1));
  }
}
