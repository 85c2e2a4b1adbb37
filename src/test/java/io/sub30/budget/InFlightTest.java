package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InFlightTest {

  private static final long MILLI = 1_000_000;
  private static final int ML = 4;

  private final Plan plan = Plans.specified();
  private final List<Violation> told = new ArrayList<>();
  private final InFlight inFlight = new InFlight(plan, told::add);
  private final Ledger ledger = Ledger.open(plan, 0);

  @Test
  void look_hopHangs_reachesEachLevelOnceWhileItHangs() {
    inFlight.open("r", Tier.ENTERPRISE, ledger);
    ledger.departed(ML, MILLI); // its line is 8 ms
    for (long at = 0; at <= 14 * MILLI; at += MILLI / 2) {
      inFlight.look(MILLI + at);
    }

    assertThat(told)
        .extracting(Violation::component, Violation::level)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("ml_processing", AlertLevel.WARNING),
            org.assertj.core.groups.Tuple.tuple("ml_processing", AlertLevel.CRITICAL),
            org.assertj.core.groups.Tuple.tuple("ml_processing", AlertLevel.SLA_VIOLATION));
    assertThat(inFlight.reached(Tier.ENTERPRISE, ML, AlertLevel.WARNING)).isEqualTo(1);
    assertThat(inFlight.reached(Tier.ENTERPRISE, ML, AlertLevel.CRITICAL)).isEqualTo(1);
    assertThat(inFlight.reached(Tier.ENTERPRISE, ML, AlertLevel.SLA_VIOLATION)).isEqualTo(1);
    assertThat(inFlight.totalReached(Tier.ENTERPRISE, AlertLevel.WARNING)).isZero();
  }

  @Test
  void look_levelsPassedBetweenTwoLooks_areAllCountedAndOneIsTold() {
    inFlight.open("r", Tier.ENTERPRISE, ledger);
    ledger.departed(ML, 0);
    inFlight.look(13 * MILLI);

    assertThat(told).hasSize(1);
    assertThat(told.get(0).level()).isEqualTo(AlertLevel.SLA_VIOLATION);
    assertThat(inFlight.reached(Tier.ENTERPRISE, ML, AlertLevel.WARNING)).isEqualTo(1);
  }

  @Test
  void look_nothingIsAsked_onlyTheWholeRequestIsWatched() {
    inFlight.open("r", Tier.ENTERPRISE, ledger);
    inFlight.look(24 * MILLI);
    assertThat(told).isEmpty();
    inFlight.look(24 * MILLI + 1);

    assertThat(told).singleElement().extracting(Violation::component).isEqualTo(Violation.TOTAL);
    assertThat(inFlight.totalReached(Tier.ENTERPRISE, AlertLevel.WARNING)).isEqualTo(1);
  }

  @Test
  void look_hopReturned_isNoLongerWatched() {
    inFlight.open("r", Tier.ENTERPRISE, ledger);
    ledger.departed(ML, 0);
    ledger.returned(ML, MILLI, Outcome.OK);
    inFlight.look(20 * MILLI);

    assertThat(told).isEmpty();
  }

  /** The client was answered 504, the hop hangs on. */
  @Test
  void look_ledgerIsClosed_theHopIsWatchedOn() {
    inFlight.open("r", Tier.ENTERPRISE, ledger);
    ledger.departed(ML, 25 * MILLI);
    ledger.close(30 * MILLI);
    inFlight.look(40 * MILLI);

    assertThat(told)
        .extracting(Violation::component)
        .containsExactlyInAnyOrder("ml_processing", Violation.TOTAL);
  }

  /** Opened and closed in any order, what is left is what is looked at. */
  @Property
  boolean close_anyOrder_leavesTheOthers(
      @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 9) Integer> steps) {
    List<Violation> seen = new ArrayList<>();
    InFlight some = new InFlight(plan, seen::add);
    List<InFlight.Entry> open = new ArrayList<>();
    for (int step : steps) {
      if (step < open.size()) {
        some.close(open.remove(step));
      } else {
        open.add(some.open("r" + seen.size(), Tier.ENTERPRISE, Ledger.open(plan, 0)));
      }
    }
    some.look(100 * MILLI);
    return some.size() == open.size() && seen.size() == open.size();
  }
}
