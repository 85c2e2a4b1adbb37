package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sub30.budget.BudgetReport;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.Ledger;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import io.vertx.core.json.JsonObject;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BudgetViewTest {

  private static final int ML = 4; // 8 ms

  private final Plan plan = Plans.specified();
  private final BudgetTracker tracker = new BudgetTracker(plan, violation -> {});

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

  private JsonObject tier(String name) {
    BudgetReport report = new BudgetReport(plan);
    tracker.collect(report);
    JsonObject view = new JsonObject(BudgetView.of(report).encode());
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
