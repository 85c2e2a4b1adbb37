package io.sub30.ops;

import io.sub30.budget.BudgetReport;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.Plan;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where what is known of the budget comes from.
 *
 * @param trackers one a gateway instance
 * @param lanes likewise
 * @param mode of the process
 */
public record BudgetSources(
    Supplier<List<BudgetTracker>> trackers, Supplier<List<LaneBudget>> lanes, ModeSwitch mode) {

  /** What all lanes have recorded so far. */
  BudgetReport report(Plan plan) {
    BudgetReport report = new BudgetReport(plan);
    trackers.get().forEach(tracker -> tracker.collect(report));
    return report;
  }
}
