package io.sub30.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Hop;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Scope;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;
import org.junit.jupiter.api.Test;

class ExchangeTest {

  private static final long START = Long.MAX_VALUE - 1_000; // the clock wraps on the way
  private static final long MICRO = 1_000;

  private final FakeNanoClock clock = new FakeNanoClock(START);

  private Exchange open(Tier tier, long askedNanos) {
    Principal principal = new Principal("acme", tier, null, Scope.API, Long.MAX_VALUE);
    return new Exchange("r1", principal, Plans.specified(), clock, START, askedNanos);
  }

  @Test
  void deadline_isTheTiersUnlessLessIsAsked() {
    assertThat(open(Tier.ENTERPRISE, Long.MAX_VALUE).deadline().remainingNanos())
        .isEqualTo(30_000_000);
    assertThat(open(Tier.ENTERPRISE, 12_000_000).deadline().remainingNanos()).isEqualTo(12_000_000);
    assertThat(open(Tier.ENTERPRISE, 40_000_000).deadline().remainingNanos()).isEqualTo(30_000_000);
    clock.advanceNanos(1_000_000);
    assertThat(open(Tier.FREE, Long.MAX_VALUE).deadline().remainingNanos())
        .as("from the first byte, not from the token")
        .isEqualTo(999_000_000);
  }

  @Test
  void budget_wholePath_everyMicrosecondHasItsLine() {
    clock.advanceNanos(100 * MICRO); // authentication
    Exchange exchange = open(Tier.ENTERPRISE, Long.MAX_VALUE);
    clock.advanceNanos(400 * MICRO);
    exchange.bodyArrived();
    clock.advanceNanos(50 * MICRO);
    exchange.worked(Hop.CLIENT_GATEWAY); // parsing
    clock.advanceNanos(5 * MICRO);
    exchange.worked(Hop.CENTRAL_HUB);
    toTheLaneAndBack(exchange);
    exchange.laneReturned();
    clock.advanceNanos(20 * MICRO);
    exchange.close();
    clock.advanceNanos(999 * MICRO); // serialization is not in it

    Budget budget = exchange.budget();
    assertThat(budget.getTotalUs()).isEqualTo(30_000);
    assertThat(budget.getSpentUs()).isEqualTo(100 + 400 + 50 + 5 + 300 + 20);
    assertSpent(budget, "client_gateway", 400, 150, "ok");
    assertSpent(budget, "central_hub", 0, 5, "ok");
    assertSpent(budget, "api_gateway", 20, 80, "ok");
    assertSpent(budget, "data_bridge", 0, 200, "ok");
    assertSpent(budget, "response_assembly", 0, 20, "ok");
    assertSpent(budget, "ml_processing", 0, 0, "skipped");
    assertSpent(budget, "network_buffer", 0, 0, "skipped");
    assertSpent(budget, Exchange.UNATTRIBUTED, 0, 0, "ok");
    assertThat(exchange.serverTiming())
        .isEqualTo(
            "client_gateway;dur=0.550, api_gateway;dur=0.100, data_bridge;dur=0.200,"
                + " central_hub;dur=0.005, response_assembly;dur=0.020, total;dur=0.875");
  }

  /** 10 us there, 280 us in the lane of which 200 us in the bridge, 10 us back. */
  private void toTheLaneAndBack(Exchange exchange) {
    int gateway = Hop.API_GATEWAY.ordinal();
    exchange.ledger().departed(gateway, clock.nanoTime());
    clock.advanceNanos(10 * MICRO);
    exchange.ledger().arrived(gateway, clock.nanoTime());
    clock.advanceNanos(280 * MICRO);
    exchange.ledger().book(Hop.DATA_BRIDGE.ordinal(), 0, 200 * MICRO, Outcome.OK);
    exchange.ledger().replied(gateway, clock.nanoTime());
    clock.advanceNanos(10 * MICRO);
    exchange.ledger().returned(gateway, clock.nanoTime(), Outcome.OK);
  }

  @Test
  void budget_read_theStoresTimeIsTheirs() {
    Exchange exchange = open(Tier.ENTERPRISE, Long.MAX_VALUE);
    clock.advanceNanos(5 * MICRO);
    exchange.worked(Hop.CENTRAL_HUB);
    int stores = Hop.DATABASE_SERVICE.ordinal();
    exchange.ledger().departed(stores, clock.nanoTime());
    clock.advanceNanos(10 * MICRO);
    exchange.ledger().arrived(stores, clock.nanoTime());
    clock.advanceNanos(280 * MICRO);
    exchange.ledger().replied(stores, clock.nanoTime());
    exchange.ledger().returned(stores, clock.nanoTime(), Outcome.OK);
    exchange.storesReturned();
    clock.advanceNanos(20 * MICRO);
    exchange.close();

    assertSpent(exchange.budget(), "database_service", 10, 280, "ok");
    assertSpent(exchange.budget(), "response_assembly", 0, 20, "ok");
    assertSpent(exchange.budget(), Exchange.UNATTRIBUTED, 0, 0, "ok");
  }

  @Test
  void budget_timeNobodyBooked_isUnattributed() {
    Exchange exchange = open(Tier.FREE, Long.MAX_VALUE);
    clock.advanceNanos(70 * MICRO);
    exchange.laneReturned(); // nothing was asked
    exchange.close();

    assertSpent(exchange.budget(), Exchange.UNATTRIBUTED, 0, 70, "ok");
    assertThat(exchange.budget().getTotalUs()).isEqualTo(1_000_000);
  }

  @Test
  void budget_ofATier_scalesEveryLine() {
    Exchange exchange = open(Tier.PRO, Long.MAX_VALUE);
    exchange.close();

    assertThat(hop(exchange.budget(), "ml_processing").getBudgetUs()).isEqualTo(26_666);
    assertThat(exchange.budget().getHopsList().stream().mapToLong(HopSpend::getBudgetUs).sum())
        .isBetween(99_995L, 100_005L);
  }

  private static void assertSpent(
      Budget budget, String name, long waitUs, long serviceUs, String outcome) {
    HopSpend hop = hop(budget, name);
    assertThat(hop.getWaitUs()).as(name + " waited").isEqualTo(waitUs);
    assertThat(hop.getServiceUs()).as(name + " worked").isEqualTo(serviceUs);
    assertThat(hop.getOutcome()).as(name).isEqualTo(outcome);
  }

  private static HopSpend hop(Budget budget, String name) {
    return budget.getHopsList().stream()
        .filter(hop -> hop.getHop().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
