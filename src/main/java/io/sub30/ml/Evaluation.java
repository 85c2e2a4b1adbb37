package io.sub30.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A head on the test fold, against what anyone could have said without it: the class frequencies of
 * the earlier folds, and the last realised volatility.
 *
 * @param direction of the model's up/down/none
 * @param directionNaive of the class frequencies
 * @param directionSkill log-loss saved against them
 * @param exceeds of the model
 * @param exceedsNaive of the class frequencies
 * @param exceedsSkill log-loss saved against them
 * @param volatilityError root mean square error of log volatility
 * @param volatilityNaiveError of the last realised one
 * @param volatilitySkill squared error saved against it
 * @param trades that expected value would have made, one at a time
 * @param net log return of each after costs
 */
record Evaluation(
    Probabilities direction,
    Probabilities directionNaive,
    Skill directionSkill,
    Probabilities exceeds,
    Probabilities exceedsNaive,
    Skill exceedsSkill,
    double volatilityError,
    double volatilityNaiveError,
    Skill volatilitySkill,
    int trades,
    Skill net) {

  /** Fewer trades than this say nothing, whatever they earned. */
  private static final int LEAST_TRADES = 40;

  static Evaluation of(List<Head.Answer> answers, Fold test, List<Fold> earlier, int horizonS) {
    int[] directions = test.directions();
    double[][] three = new double[test.size()][];
    double[][] two = new double[test.size()][];
    double[] logVolatilities = new double[test.size()];
    int[] outcomes = new int[test.size()];
    for (int i = 0; i < test.size(); i++) {
      Head.Answer answer = answers.get(i);
      three[i] = new double[] {answer.up(), answer.down(), answer.none()};
      two[i] = new double[] {answer.exceeds(), 1 - answer.exceeds()};
      outcomes[i] = test.labels().get(i).exceeds() ? 0 : 1;
      logVolatilities[i] = Math.log(answer.volatility());
    }
    double[][] threeNaive = constant(frequencies(earlier, Fold::directions, 3), test.size());
    double[] exceedsShare = frequencies(earlier, Fold::exceeds, 2);
    double[][] twoNaive = constant(new double[] {exceedsShare[1], exceedsShare[0]}, test.size());
    double[] squares = squares(logVolatilities, test);
    double[] last = test.labels().stream().mapToDouble(Label::naiveLogVolatility).toArray();
    double[] naive = squares(last, test);
    double[] net = trade(answers, test, horizonS);
    return new Evaluation(
        Probabilities.of(three, directions),
        Probabilities.of(threeNaive, directions),
        saved(
            Probabilities.losses(threeNaive, directions), Probabilities.losses(three, directions)),
        Probabilities.of(two, outcomes),
        Probabilities.of(twoNaive, outcomes),
        saved(Probabilities.losses(twoNaive, outcomes), Probabilities.losses(two, outcomes)),
        Math.sqrt(Arrays.stream(squares).average().orElse(0)),
        Math.sqrt(Arrays.stream(naive).average().orElse(0)),
        saved(naive, squares),
        net.length,
        Skill.of(net));
  }

  /** Whether trading on the predictions surely earned something after costs. */
  boolean edgeAfterCosts() {
    return directionSkill.sure() && trades >= LEAST_TRADES && net.sure();
  }

  /** The last word of the model card. */
  String verdict() {
    return (edgeAfterCosts()
            ? "direction: an edge after costs on the test fold"
            : "direction: no edge after costs")
        + "; move exceeds cost: "
        + (exceedsSkill.sure() ? "better than" : "no better than")
        + " class frequencies; volatility: "
        + (volatilitySkill.sure() ? "better than" : "no better than")
        + " the last realised one";
  }

  private static Skill saved(double[] naive, double[] model) {
    double[] out = new double[model.length];
    Arrays.setAll(out, i -> naive[i] - model[i]);
    return Skill.of(out);
  }

  /** Shares of the classes in the earlier folds, none of them zero. */
  private static double[] frequencies(List<Fold> folds, Function<Fold, int[]> classes, int count) {
    double[] out = new double[count];
    Arrays.fill(out, 1);
    double total = count;
    for (Fold fold : folds) {
      for (int c : classes.apply(fold)) {
        out[c]++;
        total++;
      }
    }
    for (int c = 0; c < count; c++) {
      out[c] /= total;
    }
    return out;
  }

  private static double[][] constant(double[] row, int size) {
    double[][] out = new double[size][];
    Arrays.fill(out, row);
    return out;
  }

  /**
   * Squared errors of log volatility, both forecasts' mean level taken out: the model's is that of
   * a standard deviation, the naive one's that of a typical value, and only what varies is
   * compared.
   */
  private static double[] squares(double[] logs, Fold test) {
    double[] targets = test.logVolatilities();
    double level =
        Arrays.stream(targets).average().orElse(0) - Arrays.stream(logs).average().orElse(0);
    double[] out = new double[logs.length];
    Arrays.setAll(out, i -> Math.pow(targets[i] - logs[i] - level, 2));
    return out;
  }

  /**
   * Takes a side whenever its expected value is above the cost; the next trade waits for the
   * horizon.
   */
  private static double[] trade(List<Head.Answer> answers, Fold test, int horizonS) {
    List<Double> net = new ArrayList<>();
    long free = Long.MIN_VALUE;
    for (int i = 0; i < test.size(); i++) {
      Sample sample = test.samples().get(i);
      Label label = test.labels().get(i);
      double lean = answers.get(i).up() - answers.get(i).down();
      if (sample.timeMsc() >= free && Math.abs(lean) * label.barrier() > sample.cost()) {
        net.add(Math.signum(lean) * label.move() - sample.cost());
        free = sample.timeMsc() + horizonS * 1_000L;
      }
    }
    return net.stream().mapToDouble(d -> d).toArray();
  }
}
