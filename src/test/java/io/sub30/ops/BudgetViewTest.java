package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sub30.budget.Admission;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Ledger;
import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestClass;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.sub30.budget.WastedTime;
import io.sub30.bus.Hop;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BudgetViewTest {

  private static final int ML = 4; // 8 ms

  private final Plan plan = Plans.specified();
  private final BudgetTracker tracker = new BudgetTracker(plan, violation -> {});

  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final ModeSwitch mode = new ModeSwitch(Mode.OBSERVE);
  private final LaneBudget lane = new LaneBudget(plan, Hop.path(), mode, clock, violation -> {});
  private final BudgetSources sources =
      new BudgetSources(() -> List.of(tracker), () -> List.of(lane), mode);
  private final WastedTime wasted = new WastedTime(9);

  @Test
  void of_enforcement_showsVerdictsLevelsUnderWayWasteAndCalibration() {
    int requestClass = RequestClass.of(Tier.ENTERPRISE, 20, true);
    lane.admission().judge(requestClass, -1, false, Admission.UNKNOWN, 0);
    lane.admission()
        .concluded(
            requestClass,
            new Admission.Decision(Admission.Verdict.FULL, Admission.Verdict.REFUSE, 0.31),
            5_000_000,
            true,
            true);
    lane.turnedAway().note(requestClass, 5_000_000, 0, 0);
    assertThat(lane.turnedAway().refuses(requestClass, 5_000_000, 0)).isTrue();
    Ledger hanging = Ledger.open(plan, 0);
    lane.inFlight().open("r", Tier.ENTERPRISE, hanging);
    hanging.departed(ML, 0);
    lane.inFlight().look(9_000_000);
    wasted.add(ML, "acme", 5_000_000);

    JsonObject view = view();
    assertThat(view.getString("mode")).isEqualTo("observe");
    assertThat(view.getJsonArray("calibration").encode())
        .isEqualTo("[{\"predicted\":0.31,\"observed\":1.0,\"count\":1}]");
    assertThat(view.getJsonObject("wasted").encode())
        .isEqualTo(
            "{\"hops\":[{\"hop\":\"ml_processing\",\"late_answers\":1,\"wasted_us\":5000}],"
                + "\"tenants\":[{\"tenant\":\"acme\",\"wasted_us\":5000}]}");
    JsonObject enterprise = tier("enterprise");
    assertThat(enterprise.getJsonObject("admission").encode())
        .isEqualTo(
            "{\"full\":1,\"probe\":0,\"minimal\":0,\"refuse\":1,"
                + "\"against_the_estimate\":{\"in_time\":1,\"late\":0}}");
    assertThat(
            enterprise.getJsonArray("hops").getJsonObject(ML).getJsonObject("in_flight").encode())
        .isEqualTo("{\"warning\":1,\"critical\":1,\"sla_violation\":0}");
    assertThat(enterprise.getJsonObject("in_flight").getLong("warning")).isZero();
  }

  @Test
  void of_nothingRecorded_claimsNothing() {
    JsonObject enterprise = tier("enterprise");

    assertThat(enterprise.getLong("count")).isZero();
    assertThat(enterprise.getJsonArray("targets").getJsonObject(0).getValue("met")).isNull();
    assertThat(enterprise.getJsonArray("hops")).hasSize(9);
    assertThat(enterprise.getDouble("utilisation")).isZero();
  }

  @Test
  void of_recorded_showsPercentilesSharesAndViolations() {
    for (int i = 0; i < 98; i++) {
      record(1_000_000, 3_000_000, 10_000_000);
    }
    record(1_000_000, 11_000_000, 40_000_000);
    record(1_000_000, 19_000_000, 50_000_000);

    JsonObject enterprise = tier("enterprise");
    assertThat(enterprise.getLong("budget_us")).isEqualTo(30_000);
    assertThat(enterprise.getLong("count")).isEqualTo(100);
    assertThat(enterprise.getJsonObject("outcomes").getLong("ok")).isEqualTo(100);
    assertThat(enterprise.getJsonObject("spent_us").getLong("p50"))
        .isCloseTo(10_000, percent(10_000));
    assertThat(enterprise.getJsonObject("spent_us").getLong("p99"))
        .isCloseTo(40_000, percent(40_000));
    assertThat(enterprise.getJsonObject("spent_us").getLong("max"))
        .isCloseTo(50_000, percent(50_000));
    assertThat(enterprise.getDouble("within_budget")).isEqualTo(0.98);
    assertThat(enterprise.getDouble("utilisation")).isCloseTo(0.357, within(0.01));
    assertThat(enterprise.getJsonObject("violations").encode())
        .isEqualTo("{\"warning\":0,\"critical\":1,\"sla_violation\":1}");
    assertThat(enterprise.getLong("debt_us")).isEqualTo(30_000);
    assertThat(enterprise.getJsonArray("hops").getJsonObject(ML).getLong("debt_us"))
        .isEqualTo(16_000);
    assertThat(enterprise.getJsonArray("targets").stream())
        .extracting(target -> ((JsonObject) target).getBoolean("met"))
        .containsExactly(true, true, false);

    JsonObject ml = enterprise.getJsonArray("hops").getJsonObject(ML);
    assertThat(ml.getString("hop")).isEqualTo("ml_processing");
    assertThat(ml.getLong("budget_us")).isEqualTo(8_000);
    assertThat(ml.getJsonObject("wait_us").getLong("p50")).isCloseTo(1_000, percent(1_000));
    assertThat(ml.getJsonObject("service_us").getLong("p50")).isCloseTo(3_000, percent(3_000));
    assertThat(ml.getJsonObject("spent_us").getLong("p99")).isCloseTo(12_000, percent(12_000));
    assertThat(ml.getDouble("share_p99")).isCloseTo(1.5, within(0.02));
    assertThat(ml.getDouble("utilisation")).isCloseTo(0.53, within(0.01));
    assertThat(ml.getJsonObject("violations").encode())
        .isEqualTo("{\"warning\":0,\"critical\":1,\"sla_violation\":1}");
    assertThat(tier("pro").getLong("count")).isZero();
  }

  @Test
  void of_targetJustMissed_isNotMet() {
    record(0, 1, 15_000_000); // the target is to stay below

    assertThat(tier("enterprise").getJsonArray("targets").getJsonObject(0).getBoolean("met"))
        .isFalse();
  }

  private void record(long mlWaitNanos, long mlServiceNanos, long totalNanos) {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.book(ML, mlWaitNanos, mlServiceNanos, Outcome.OK);
    ledger.close(totalNanos);
    tracker.record("r", Tier.ENTERPRISE, ledger, RequestOutcome.OK);
  }

  private JsonObject view() {
    return new JsonObject(BudgetView.of(sources.report(plan), sources, wasted).encode());
  }

  private JsonObject tier(String name) {
    JsonObject view = view();
    assertThat(view.getLong("total_us")).isEqualTo(30_000);
    return view.getJsonArray("tiers").stream()
        .map(JsonObject.class::cast)
        .filter(tier -> tier.getString("tier").equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** What two digits of precision allow. */
  private static Offset<Long> percent(long micros) {
    return within(micros / 100 + 1);
  }
}
