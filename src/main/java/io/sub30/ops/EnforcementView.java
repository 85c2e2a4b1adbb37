package io.sub30.ops;

import io.sub30.budget.Admission;
import io.sub30.budget.AlertLevel;
import io.sub30.budget.Calibration;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import io.sub30.budget.WastedTime;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * The part of {@code /budget} that tells what was done to keep it: who was let in with how much,
 * what hung, what was done for nobody, and whether the predicted chances came true.
 */
final class EnforcementView {

  private static final int TENANTS = 20;

  private final Plan plan;
  private final List<LaneBudget> lanes;

  EnforcementView(Plan plan, List<LaneBudget> lanes) {
    this.plan = plan;
    this.lanes = lanes;
  }

  /** How many requests of the tier got which verdict, and how those against it turned out. */
  JsonObject admission(Tier tier) {
    JsonObject json = new JsonObject();
    for (Admission.Verdict verdict : Admission.Verdict.values()) {
      json.put(label(verdict), admitted(tier, verdict));
    }
    return json.put(
        "against_the_estimate",
        new JsonObject()
            .put("in_time", againstEstimate(tier, true))
            .put("late", againstEstimate(tier, false)));
  }

  static String label(Admission.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  long admitted(Tier tier, Admission.Verdict verdict) {
    long judged = lanes.stream().mapToLong(lane -> lane.admission().count(tier, verdict)).sum();
    return verdict == Admission.Verdict.REFUSE
        ? judged + lanes.stream().mapToLong(lane -> lane.turnedAway().count(tier)).sum()
        : judged;
  }

  long againstEstimate(Tier tier, boolean inTime) {
    return lanes.stream().mapToLong(lane -> lane.admission().wronglyJudged(tier, inTime)).sum();
  }

  /**
   * How often a hop, or the whole request for the line after the last, reached a level unfinished.
   */
  JsonObject inFlight(Tier tier, int line) {
    JsonObject json = new JsonObject();
    for (AlertLevel level : AlertLevel.values()) {
      if (level != AlertLevel.NONE) {
        json.put(level.label(), reached(tier, line, level));
      }
    }
    return json;
  }

  long reached(Tier tier, int line, AlertLevel level) {
    return lanes.stream().mapToLong(lane -> lane.inFlight().reached(tier, line, level)).sum();
  }

  /** Predicted chances against what came of them, by twentieths; empty ones are left out. */
  JsonArray calibration() {
    JsonArray bins = new JsonArray();
    for (int bin = 0; bin < Calibration.BINS; bin++) {
      long count = calibrated(bin);
      if (count > 0) {
        bins.add(
            new JsonObject()
                .put("predicted", rounded(predictedSum(bin) / count))
                .put("observed", rounded((double) kept(bin) / count))
                .put("count", count));
      }
    }
    return bins;
  }

  long calibrated(int bin) {
    return lanes.stream().mapToLong(lane -> lane.admission().calibration().count(bin)).sum();
  }

  long kept(int bin) {
    return lanes.stream().mapToLong(lane -> lane.admission().calibration().kept(bin)).sum();
  }

  double predictedSum(int bin) {
    return lanes.stream()
        .mapToDouble(lane -> lane.admission().calibration().predictedSum(bin))
        .sum();
  }

  /** Answers nobody waited for any more, by hop and for the tenants that cost most. */
  JsonObject wasted(WastedTime wasted) {
    JsonArray hops = new JsonArray();
    for (int line = 0; line < plan.size(); line++) {
      if (wasted.count(line) > 0) {
        hops.add(
            new JsonObject()
                .put("hop", plan.name(line))
                .put("late_answers", wasted.count(line))
                .put("wasted_us", wasted.nanos(line) / 1_000));
      }
    }
    JsonArray tenants = new JsonArray();
    for (WastedTime.OfTenant each : wasted.worst(TENANTS)) {
      tenants.add(
          new JsonObject().put("tenant", each.tenant()).put("wasted_us", each.nanos() / 1_000));
    }
    return new JsonObject().put("hops", hops).put("tenants", tenants);
  }

  private static double rounded(double share) {
    return Math.rint(share * 1_000) / 1_000;
  }
}
