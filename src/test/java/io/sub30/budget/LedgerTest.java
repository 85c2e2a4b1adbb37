package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final int BRIDGE = 2;
  private static final int STORE = 3;
  private static final long START = Math.subtractExact(Long.MAX_VALUE, 5); // so that stamps wrap

  private final Plan plan = Plans.specified();
  private final Ledger ledger = Ledger.open(plan, START);

  @Test
  void traced_saysTheTracesId() {
    assertThat(ledger.traceId()).isEmpty();
    ledger.traced("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    assertThat(ledger.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThatThrownBy(() -> ledger.traced("00-4bf92f3577b34da6a3ce929d0e0e473"))
        .isInstanceOf(IllegalArgumentException.class);
    ledger.traced("");
    assertThat(ledger.traceId()).isEmpty();
  }

  @Test
  void stamps_ofOneHop_areWaitServiceAndWait() {
    ledger.departed(BRIDGE, START + 10);
    ledger.arrived(BRIDGE, START + 13);
    ledger.replied(BRIDGE, START + 113);
    ledger.returned(BRIDGE, START + 117, Outcome.OK);

    assertThat(ledger.waitNanos(BRIDGE)).isEqualTo(3 + 4);
    assertThat(ledger.serviceNanos(BRIDGE)).isEqualTo(100);
    assertThat(ledger.spentNanos(BRIDGE)).isEqualTo(107);
    assertThat(ledger.outcome(BRIDGE)).isEqualTo(Outcome.OK);
    assertThat(ledger.outcome(STORE)).isEqualTo(Outcome.SKIPPED);
    assertThat(ledger.spentNanos(STORE)).isZero();
  }

  @Test
  void stamps_hopAskedTwice_addUpAndTheWorstOutcomeStays() {
    hop(BRIDGE, START, 1, 10, 2, Outcome.FAILED);
    hop(BRIDGE, START + 100, 3, 20, 4, Outcome.OK);

    assertThat(ledger.waitNanos(BRIDGE)).isEqualTo(10);
    assertThat(ledger.serviceNanos(BRIDGE)).isEqualTo(30);
    assertThat(ledger.outcome(BRIDGE)).isEqualTo(Outcome.FAILED);
  }

  @Test
  void stamps_onceClosed_changeNothing() {
    hop(BRIDGE, START, 1, 10, 2, Outcome.OK);
    ledger.departed(STORE, START + 20);
    ledger.arrived(STORE, START + 21);
    ledger.close(START + 30);
    long[] reported = ledger.toWire();

    ledger.replied(STORE, START + 90);
    ledger.returned(STORE, START + 91, Outcome.LATE);
    ledger.returnedFromWire(STORE, START + 91, new long[27], Outcome.FAILED);
    ledger.book(STORE, 5, 5, Outcome.FAILED);
    ledger.conclude(BRIDGE, Outcome.FAILED);
    ledger.absorb(new long[27]);
    ledger.close(START + 99);

    assertThat(ledger.toWire()).isEqualTo(reported);
    assertThat(ledger.totalNanos()).isEqualTo(30);
    assertThat(ledger.isClosed()).isTrue();
  }

  @Test
  void deduct_nestedTime_leavesWhatIsTheLinesOwn() {
    hop(BRIDGE, START, 5, 100, 5, Outcome.OK);

    ledger.deduct(BRIDGE, 60);

    assertThat(ledger.serviceNanos(BRIDGE)).isEqualTo(40);
    assertThat(ledger.waitNanos(BRIDGE)).isEqualTo(10);
  }

  @Test
  void deduct_lineGivenUpOn_comesOutOfItsWait() {
    ledger.departed(BRIDGE, START);
    ledger.arrived(BRIDGE, START + 5);
    ledger.returned(BRIDGE, START + 100, Outcome.LATE);

    ledger.deduct(BRIDGE, 60);

    assertThat(ledger.serviceNanos(BRIDGE)).isZero();
    assertThat(ledger.waitNanos(BRIDGE)).isEqualTo(40);
  }

  @Test
  void close_hopStillAsked_isLate() {
    ledger.departed(STORE, START + 20);
    ledger.arrived(STORE, START + 21);

    ledger.close(START + 30);

    assertThat(ledger.outcome(STORE)).isEqualTo(Outcome.LATE);
    assertThat(ledger.outcome(BRIDGE)).isEqualTo(Outcome.SKIPPED);
  }

  @Test
  void detached_anyStamp_changesNothing() {
    Ledger detached = Ledger.detached(plan);
    detached.departed(BRIDGE, 5);
    detached.arrived(BRIDGE, 50);
    detached.returned(BRIDGE, 500, Outcome.OK);

    assertThat(detached.toWire()).containsOnly(0);
  }

  @Test
  void totalNanos_beforeClose_isZero() {
    ledger.book(BRIDGE, 1, 2, Outcome.OK);

    assertThat(ledger.totalNanos()).isZero();
  }

  @Test
  void wire_thereAndBack_isTheSame() {
    hop(BRIDGE, START, 1, 10, 2, Outcome.DEGRADED);
    ledger.book(STORE, 7, 8, Outcome.LATE);
    Ledger copy = Ledger.open(plan, 12345);
    copy.absorb(ledger.toWire());

    assertThat(copy.toWire()).isEqualTo(ledger.toWire());
    assertThat(copy.waitNanos(BRIDGE)).isEqualTo(3);
    assertThat(copy.outcome(STORE)).isEqualTo(Outcome.LATE);
  }

  @Test
  void returnedFromWire_timeNotStampedThere_isWaiting() {
    hop(BRIDGE, START, 1, 10, 2, Outcome.OK);
    ledger.departed(STORE, START + 20);
    Ledger there = Ledger.open(plan, -999);
    there.absorb(ledger.toWire());
    there.departed(STORE, 1000);
    there.arrived(STORE, 1005);
    there.replied(STORE, 1205);

    ledger.returnedFromWire(STORE, START + 20 + 300, there.toWire(), Outcome.OK);

    assertThat(ledger.serviceNanos(STORE)).isEqualTo(200);
    assertThat(ledger.waitNanos(STORE)).isEqualTo(100); // 5 in the queue there, 95 in transit
    assertThat(ledger.spentNanos(BRIDGE)).isEqualTo(13);
    assertThat(ledger.outcome(STORE)).isEqualTo(Outcome.OK);
  }

  @Test
  void returnedFromWire_moreStampedThereThanElapsedHere_neverBooksNegative() {
    ledger.departed(STORE, START);
    Ledger there = Ledger.open(plan, 0);
    there.book(STORE, 0, 500, Outcome.OK);

    ledger.returnedFromWire(STORE, START + 300, there.toWire(), Outcome.OK);

    assertThat(ledger.waitNanos(STORE)).isZero();
    assertThat(ledger.serviceNanos(STORE)).isEqualTo(500);
  }

  @Test
  void absorb_otherPlanOrOutcome_isRefused() {
    assertThatThrownBy(() -> ledger.absorb(new long[26]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a ledger of 9 lines cannot absorb 26 values");
    long[] wire = new long[27];
    wire[2] = Outcome.values().length;
    assertThatThrownBy(() -> ledger.absorb(wire)).hasMessage("no outcome has the number 5");
    wire[2] = -1;
    assertThatThrownBy(() -> ledger.absorb(wire)).hasMessage("no outcome has the number -1");
  }

  @Property(tries = 200)
  void spent_andUnattributed_areTheTotal(
      @ForAll @Size(max = 30)
          List<@Size(5) List<@IntRange(min = 0, max = 1_000_000) Integer>> hops) {
    Ledger any = Ledger.open(plan, START);
    long now = START;
    long between = 0;
    for (List<Integer> hop : hops) {
      int line = hop.get(0) % plan.size();
      now += hop.get(4); // time between two hops belongs to none
      between += hop.get(4);
      any.departed(line, now);
      any.arrived(line, now += hop.get(1));
      any.replied(line, now += hop.get(2));
      any.returned(line, now += hop.get(3), Outcome.OK);
    }
    any.close(now);

    long spent = 0;
    for (int line = 0; line < plan.size(); line++) {
      spent += any.spentNanos(line);
    }
    assertThat(any.totalNanos()).isEqualTo(now - START);
    assertThat(any.unattributedNanos()).isEqualTo(between);
    assertThat(spent + any.unattributedNanos()).isEqualTo(any.totalNanos());
  }

  private void hop(int line, long at, long there, long service, long back, Outcome outcome) {
    ledger.departed(line, at);
    ledger.arrived(line, at + there);
    ledger.replied(line, at + there + service);
    ledger.returned(line, at + there + service + back, outcome);
  }
}
