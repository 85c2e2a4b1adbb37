package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PlanAdvisorTest {

  private static final Duration ALL = Duration.ofHours(1);
  private static final int GATEWAY = 0;
  private static final int DATABASE = 3;
  private static final int ML = 4;
  private static final int BUFFER = 8;

  private final Plan plan = Plans.specified();

  @Test
  void propose_nothingViolated_keepsThePresentSplit() {
    LedgerSample sample = sample(plan, 100, 100, 100, 100, 100, 100, 100, 100);

    assertThat(new PlanAdvisor(plan, ALL).propose(sample)).isSameAs(plan);
  }

  @Test
  void propose_noLedgers_keepsThePresentSplit() {
    assertThat(new PlanAdvisor(plan, ALL).propose(new LedgerSample(plan.names()))).isSameAs(plan);
  }

  @Test
  void propose_oneLineTooTight_givesItRoomFromWhoHasIt() {
    LedgerSample sample = sample(plan, 300, 300, 1_000, 6_950, 5_000, 1_000, 300, 300);

    Plan proposed = new PlanAdvisor(plan, ALL).propose(sample);

    assertThat(PlanReplay.of(plan, sample).violations()).isEqualTo(1);
    assertThat(PlanReplay.of(proposed, sample).violations()).isZero();
    assertThat(PlanReplay.of(proposed, sample).warnings()).isZero();
    assertThat(millis(proposed, DATABASE)).isEqualTo(8.7); // 6.95 is 80 % of 8.69
    assertThat(millis(proposed, ML)).isGreaterThanOrEqualTo(6.3);
    assertThat(millis(proposed, BUFFER)).isEqualTo(3.0);
  }

  @Test
  void propose_whatWouldBeExactlySpent_isNoViolation() {
    // 27 ms go to lines that were asked, less seven times 0.5 ms.
    LedgerSample exact = sample(plan, 100, 100, 100, 23_500, 100, 100, 100, 100);
    Plan proposed = new PlanAdvisor(plan, ALL).propose(exact);

    assertThat(millis(proposed, DATABASE)).isEqualTo(23.5);
    assertThat(PlanReplay.of(proposed, exact).violations()).isZero();

    LedgerSample beyond = sample(plan, 100, 100, 100, 23_501, 100, 100, 100, 100);
    assertThat(new PlanAdvisor(plan, ALL).propose(beyond)).isSameAs(plan);
  }

  @Test
  void propose_reserve_isTheLeastOfWhatNobodySpends() {
    LedgerSample sample = sample(plan, 100, 100, 100, 25_000, 100, 100, 100, 100);

    Plan kept = new PlanAdvisor(plan, ALL).propose(sample);
    assertThat(kept).as("the contingency is not spent on it").isSameAs(plan);

    Plan freed = new PlanAdvisor(plan, Duration.ofMillis(1)).propose(sample);
    assertThat(millis(freed, BUFFER)).isGreaterThanOrEqualTo(1.0).isLessThanOrEqualTo(1.5);
    assertThat(millis(freed, DATABASE)).isGreaterThanOrEqualTo(25.0);
    assertThat(PlanReplay.of(freed, sample).violations()).isZero();
  }

  @Test
  void propose_contingencyIsAllThereIs_isTakenFromIt() {
    Plan tight = plan(200, 200, 1_600);
    LedgerSample sample = sample(tight, 450, 450);

    Plan proposed = new PlanAdvisor(tight, ALL).propose(sample);

    assertThat(budgets(proposed)).containsExactly(500L, 500L, 1_000L);
    assertThat(PlanReplay.of(proposed, sample).violations()).isZero();
  }

  @Test
  void propose_presentSplitOffTheSteps_isKeptUnlessAStepIsBetter() {
    Plan odd = plan(650, 750, 600);
    LedgerSample fits = sample(odd, 640, 745, 590);
    assertThat(new PlanAdvisor(odd, ALL).propose(fits)).isSameAs(odd);

    LedgerSample doesNot = sample(odd, 790, 100, 100);
    Plan proposed = new PlanAdvisor(odd, ALL).propose(doesNot);
    assertThat(PlanReplay.of(proposed, doesNot).violations()).isZero();
    assertThat(budgets(proposed)).allMatch(micros -> micros % 100 == 0);
  }

  @Test
  void propose_bothWaysAsGood_movesTheLeast() {
    // The gateway lacks 0.1 ms to be below the warning; anyone could give it.
    LedgerSample sample = sample(plan, 1_650, 100, 100, 100, 100, 100, 100, 100);

    Plan proposed = new PlanAdvisor(plan, ALL).propose(sample);

    assertThat(millis(proposed, GATEWAY)).isEqualTo(2.1);
    long moved = 0;
    for (int line = 0; line < plan.size(); line++) {
      moved += Math.abs(budgets(plan).get(line) - budgets(proposed).get(line));
    }
    assertThat(moved).isEqualTo(200);
  }

  @Test
  void propose_otherTier_isScaledAsItsBudgetIs() {
    LedgerSample sample = new LedgerSample(plan.names());
    // 20 ms of the 100 ms of pro are 6 ms of 30.
    sample.add(Ledgers.recorded(Tier.PRO, Ledgers.spent(plan, 0, 0, 0, 20_000)));

    Plan proposed = new PlanAdvisor(plan, ALL).propose(sample);

    assertThat(millis(proposed, DATABASE)).isEqualTo(7.5);
    assertThat(PlanReplay.of(proposed, sample).warnings()).isZero();
  }

  @Test
  void propose_theWholePlan_isQuickAndBetter() {
    Random random = new Random(30);
    LedgerSample sample = new LedgerSample(plan.names());
    for (int i = 0; i < 20_000; i++) {
      long[] micros = new long[8];
      Arrays.setAll(micros, line -> (long) (1_500 * Math.exp(random.nextGaussian())));
      sample.add(
          Ledgers.recorded(Tier.values()[i % 3], Ledgers.spent(plan, scaled(micros, i % 3))));
    }

    Plan proposed = new PlanAdvisor(plan, ALL).propose(sample);

    long before = PlanReplay.of(plan, sample).violations();
    long after = PlanReplay.of(proposed, sample).violations();
    assertThat(after).isLessThan(before);
    assertThat(sum(proposed)).isEqualTo(30_000);
    assertThat(budgets(proposed)).allMatch(micros -> micros >= 500 && micros % 100 == 0);
  }

  private static long[] scaled(long[] micros, int tier) {
    double ratio = new double[] {1_000 / 30.0, 100 / 30.0, 1}[tier];
    return Arrays.stream(micros).map(m -> (long) (m * ratio)).toArray();
  }

  /** Three lines, 1.5 to 2.6 ms: few enough to try every split. */
  @Property(tries = 300)
  void propose_anyLedgers_isAsGoodAsTheBestOfAllSplits(
      @ForAll @IntRange(min = 1, max = 9) int a,
      @ForAll @IntRange(min = 5, max = 9) int b,
      @ForAll @IntRange(min = 9, max = 11) int c,
      @ForAll @Size(max = 25)
          List<@Size(min = 3, max = 3) List<@IntRange(min = -1, max = 2_000) Integer>> spent,
      @ForAll @IntRange(min = 0, max = 2_000) int reserveMicros) {
    Plan present = plan(a * 100L, b * 100L, c * 100L);
    LedgerSample sample = new LedgerSample(present.names());
    for (int i = 0; i < spent.size(); i++) {
      Tier tier = Tier.values()[i % 3];
      double ratio = present.totalNanos(tier) / 3e6;
      long[] micros =
          spent.get(i).stream().mapToLong(m -> m < 0 ? -1 : (long) (m * ratio)).toArray();
      sample.add(Ledgers.recorded(tier, Ledgers.spent(present, micros)));
    }
    Duration reserve = Duration.ofNanos(reserveMicros * 1_000L);

    Plan proposed = new PlanAdvisor(present, reserve).propose(sample);

    PlanReplay now = PlanReplay.of(present, sample);
    PlanReplay then = PlanReplay.of(proposed, sample);
    assertThat(sum(proposed)).isEqualTo(sum(present));
    assertThat(then.violations()).isLessThanOrEqualTo(now.violations());
    if (proposed != present) {
      assertThat(budgets(proposed)).allMatch(micros -> micros >= 500 && micros % 100 == 0);
      assertThat(rank(present, sample, proposed)).isLessThan(rank(present, sample, present));
    }
    assertThat(rank(present, sample, proposed))
        .isEqualTo(bestRank(present, sample, reserve, proposed == present));
  }

  /** Violations, warnings and what is moved, as one number. */
  private static long rank(Plan present, LedgerSample sample, Plan plan) {
    PlanReplay replay = PlanReplay.of(plan, sample);
    long moved = 0;
    for (int line = 0; line < plan.size(); line++) {
      moved += Math.abs(budgets(present).get(line) - budgets(plan).get(line));
    }
    return (replay.violations() * 1_000 + replay.warnings()) * 1_000_000 + moved;
  }

  private static long bestRank(
      Plan present, LedgerSample sample, Duration reserve, boolean presentKept) {
    long[] least = new long[3];
    for (int line = 0; line < 3; line++) {
      long kept = Math.min(budgets(present).get(line), reserve.toNanos() / 1_000);
      least[line] = sample.asked(line) > 0 ? 500 : Math.max(500, (kept + 99) / 100 * 100);
    }
    for (int line = 0; line < 3; line++) {
      long tooMuch = Math.max(0, Arrays.stream(least).sum() - sum(present));
      least[line] -= Math.min(tooMuch, least[line] - 500);
    }
    long best = presentKept ? rank(present, sample, present) : Long.MAX_VALUE;
    for (long a = least[0]; a <= sum(present); a += 100) {
      for (long b = least[1]; a + b <= sum(present) - least[2]; b += 100) {
        Plan split = plan(a, b, sum(present) - a - b);
        best = Math.min(best, rank(present, sample, present.withLines(split.lines())));
      }
    }
    return best;
  }

  @Test
  void new_totalThatCannotBeSplit_isRefusedSayingWhy() {
    assertThatThrownBy(() -> new PlanAdvisor(plan(500, 500, 550), ALL))
        .hasMessage(
            "a total of 1550 us cannot be split; it must be a multiple of 100 us, at most 1 s");
    assertThatThrownBy(() -> new PlanAdvisor(plan(500, 500, 999_100), ALL))
        .hasMessageContaining("at most 1 s");
    assertThat(new PlanAdvisor(plan(500, 500, 999_000), ALL)).isNotNull();
    assertThatThrownBy(() -> new PlanAdvisor(plan(500, 500, 400), ALL))
        .hasMessage("a total of 1400 us cannot be split; 3 lines of 500 us need 1500 us");
    assertThat(new PlanAdvisor(plan(500, 600, 400), ALL)).isNotNull();
  }

  @Test
  void propose_longestTotal_staysExact() {
    Plan longest = plan(1_000, 1_000, 998_000);
    LedgerSample sample = new LedgerSample(longest.names());
    sample.add(Ledgers.recorded(Tier.ENTERPRISE, Ledgers.spent(longest, 13, 14, 15)));
    sample.add(Ledgers.recorded(Tier.FREE, Ledgers.spent(longest, 700_000, 250_000, 50_000)));

    Plan proposed = new PlanAdvisor(longest, ALL).propose(sample);

    assertThat(budgets(proposed)).containsExactly(700_000L, 250_000L, 50_000L);
  }

  @Test
  void propose_ledgersOfOtherLines_isRefusedNamingBoth() {
    LedgerSample other = new LedgerSample(List.of("edge", "core"));

    assertThatThrownBy(() -> new PlanAdvisor(plan, ALL).propose(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("client_gateway")
        .hasMessageContaining("[edge, core]");
  }

  /** Three lines of so many microseconds. */
  private static Plan plan(long... micros) {
    List<Plan.Line> lines = new ArrayList<>();
    for (int line = 0; line < micros.length; line++) {
      lines.add(new Plan.Line("line_" + line, Duration.ofNanos(micros[line] * 1_000)));
    }
    Duration total = Duration.ofNanos(Arrays.stream(micros).sum() * 1_000);
    return new Plan(lines, total, Plans.TIERS);
  }

  /** One request of the tier whose total is the plan's, or nearly. */
  private static LedgerSample sample(Plan plan, long... micros) {
    LedgerSample sample = new LedgerSample(plan.names());
    double ratio = (double) plan.totalNanos(Tier.ENTERPRISE) / plan.totalNanos();
    long[] spent = Arrays.stream(micros).map(m -> (long) (m * ratio)).toArray();
    sample.add(Ledgers.recorded(Tier.ENTERPRISE, Ledgers.spent(plan, spent)));
    return sample;
  }

  private static List<Long> budgets(Plan plan) {
    return plan.lines().stream().map(line -> line.budget().toNanos() / 1_000).toList();
  }

  private static long sum(Plan plan) {
    return budgets(plan).stream().mapToLong(Long::longValue).sum();
  }

  private static double millis(Plan plan, int line) {
    return budgets(plan).get(line) / 1_000.0;
  }
}
