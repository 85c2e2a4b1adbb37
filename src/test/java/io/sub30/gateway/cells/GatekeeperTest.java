package io.sub30.gateway.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Bus;
import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatekeeperTest {

  private final Plan plan = Plans.specified();
  private final FakeNanoClock clock = new FakeNanoClock(5);
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.install(vertx, plan, clock, true);
  private final ModeSwitch mode = new ModeSwitch(Mode.ENFORCE);
  private final LaneBudget budget = new LaneBudget(plan, Hop.path(), mode, clock, violation -> {});
  private final Gatekeeper gatekeeper = new Gatekeeper(vertx, bus, budget);
  private final Cell cell = new Cell("acme", Tier.PRO, 8, 60_000);

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  private void fillTheLane() {
    while (budget.concurrency().underWay() < budget.concurrency().limit()) {
      budget.concurrency().began();
    }
  }

  @Test
  void admit_laneHasItsLimit_refusesBeforeAnythingIsJudged() {
    assertThat(gatekeeper.admit(cell, Turns.of("t", 1))).isTrue();
    fillTheLane();
    Turn turn = Turns.of("t", 2);

    assertThat(gatekeeper.admit(cell, turn)).isFalse();
    assertThat(turn.answer().cause())
        .isInstanceOfSatisfying(
            HopFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(FailureCode.OVERLOADED))
        .hasMessageContaining("which now keeps its budget with 64 at once; nothing was stored");
    assertThat(turn.admission()).as("says nothing of its class").isNull();
    assertThat(budget.concurrency().refused()).isEqualTo(1);

    budget.concurrency().ended();
    assertThat(gatekeeper.admit(cell, Turns.of("t", 3))).isTrue();
  }

  @Test
  void admit_behindAnotherOfItsTenant_isNotOneMoreAtOnce() {
    cell.queue(Turns.of("t", 1));
    fillTheLane();

    assertThat(gatekeeper.admit(cell, Turns.of("t", 2))).isTrue();
  }

  @Test
  void admit_modeDoesNotEnforce_limitsNobody() {
    mode.set(Mode.OBSERVE);
    fillTheLane();

    assertThat(gatekeeper.admit(cell, Turns.of("t", 1))).isTrue();
    assertThat(budget.concurrency().refused()).isZero();
  }

  @Test
  void begins_andOver_countWhatIsUnderWay() {
    Turn turn = Turns.of("t", 1);
    gatekeeper.admit(cell, turn);
    assertThat(gatekeeper.begins(cell, turn, clock.nanoTime())).isTrue();
    assertThat(budget.concurrency().underWay()).isEqualTo(1);

    gatekeeper.over(turn, clock.nanoTime());
    assertThat(budget.concurrency().underWay()).isZero();
  }
}
