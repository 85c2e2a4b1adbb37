package io.sub30.ml;

import java.util.Locale;

/**
 * The model card: what a model was made of and what it showed, against what anyone could have said.
 */
final class ModelCard {

  private final TrainingPlan plan;
  private final Period period;
  private final TrainedModel model;

  ModelCard(TrainingPlan plan, Period period, TrainedModel model) {
    this.plan = plan;
    this.period = period;
    this.model = model;
  }

  /** The card as text of fixed width. */
  String text() {
    StringBuilder out = new StringBuilder();
    Evaluation e = model.evaluation();
    line(
        out,
        "Model %s for %s, horizon %d s",
        plan.id(),
        plan.symbol().name(),
        plan.question().horizonSeconds());
    line(out, "Source        %s", plan.history().name());
    line(out, "Cost          %s", plan.question().cost());
    line(
        out,
        "Barriers      the larger of the cost and %.2f sigma of the horizon",
        plan.question().barrierSigmas());
    fold(out, "Train", period.fromMsc(), period.split().calibrationFromMsc(), model.sizes()[0]);
    fold(
        out,
        "Calibration",
        period.split().calibrationFromMsc(),
        period.split().testFromMsc(),
        model.sizes()[1]);
    fold(out, "Test", period.split().testFromMsc(), period.toMsc(), model.sizes()[2]);
    line(
        out,
        "Purge %d s before, embargo %d s after each boundary",
        period.split().purgeMillis() / 1_000,
        period.split().embargoMillis() / 1_000);
    line(out, "");
    line(
        out,
        "Test fold           log-loss  baseline     Brier  baseline       ECE  baseline       t");
    probabilities(out, "up/down/none", e.direction(), e.directionNaive(), e.directionSkill());
    probabilities(out, "move exceeds cost", e.exceeds(), e.exceedsNaive(), e.exceedsSkill());
    line(out, "Baseline: the class frequencies of the earlier folds.");
    line(
        out,
        "volatility: log RMSE %.4f, last realised volatility %.4f, t %.1f",
        e.volatilityError(),
        e.volatilityNaiveError(),
        e.volatilitySkill().t());
    line(
        out,
        "trading on it: %d trades, mean %.2e log return after costs, t %.1f",
        e.trades(),
        e.net().mean(),
        e.net().t());
    line(
        out,
        "t: mean gain over its standard error on 20 blocks of time; above %.0f counts.",
        Skill.SURE);
    line(out, "");
    line(out, "Verdict: %s", e.verdict());
    return out.toString();
  }

  private static void fold(StringBuilder out, String name, long fromMsc, long toMsc, int samples) {
    line(
        out,
        "%-13s %s to %s, %d samples",
        name,
        ModelWriter.instant(fromMsc),
        ModelWriter.instant(toMsc),
        samples);
  }

  private static void probabilities(
      StringBuilder out, String name, Probabilities model, Probabilities naive, Skill skill) {
    line(
        out,
        "%-18s %9.4f %9.4f %9.4f %9.4f %9.4f %9.4f %7.1f",
        name,
        model.logLoss(),
        naive.logLoss(),
        model.brier(),
        naive.brier(),
        model.calibrationError(),
        naive.calibrationError(),
        skill.t());
  }

  private static void line(StringBuilder out, String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
