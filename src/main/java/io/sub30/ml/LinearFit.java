package io.sub30.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.tribuo.Example;
import org.tribuo.ImmutableFeatureMap;
import org.tribuo.ImmutableOutputInfo;
import org.tribuo.MutableDataset;
import org.tribuo.Output;
import org.tribuo.OutputFactory;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.common.sgd.AbstractLinearSGDModel;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.la.DenseMatrix;
import org.tribuo.math.optimisers.AdaGrad;
import org.tribuo.provenance.SimpleDataSourceProvenance;
import org.tribuo.regression.RegressionFactory;
import org.tribuo.regression.Regressor;
import org.tribuo.regression.sgd.objectives.SquaredLoss;

/**
 * Linear models fitted by stochastic gradient descent (Tribuo) on standardised columns. One row of
 * weights an output, the bias last. The same rows and seed give the same weights.
 */
final class LinearFit {

  private static final double RATE = 0.05;
  private static final double EPSILON = 0.1;
  private static final int EPOCHS = 5;
  private static final int MINIBATCH = 16;
  private static final int SILENT = -1;

  /** Held, since a logger nobody holds forgets its level; training tells its progress itself. */
  private static final Logger TRIBUO = Logger.getLogger("org.tribuo");

  static {
    TRIBUO.setLevel(Level.WARNING);
  }

  private final String[] names;
  private final double[][] rows;
  private final long seed;

  /**
   * @param rows standardised columns, one array a sample
   */
  LinearFit(double[][] rows, long seed) {
    this.rows = rows;
    this.seed = seed;
    names = new String[rows[0].length];
    for (int i = 0; i < names.length; i++) {
      names[i] = String.format("c%05d", i);
    }
  }

  /** Scores of each class, to be turned into probabilities by a softmax. */
  double[][] classes(int[] targets, int count) {
    List<Example<org.tribuo.classification.Label>> examples = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      examples.add(
          new ArrayExample<>(
              new org.tribuo.classification.Label(Integer.toString(targets[i])), names, rows[i]));
    }
    LinearSGDTrainer trainer =
        new LinearSGDTrainer(
            new LogMulticlass(), new AdaGrad(RATE, EPSILON), EPOCHS, SILENT, MINIBATCH, seed);
    AbstractLinearSGDModel<org.tribuo.classification.Label> model =
        trainer.train(dataset(examples, new LabelFactory()));
    double[][] out = new double[count][names.length + 1];
    ImmutableOutputInfo<org.tribuo.classification.Label> info = model.getOutputIDInfo();
    for (int c = 0; c < count; c++) {
      org.tribuo.classification.Label label =
          new org.tribuo.classification.Label(Integer.toString(c));
      if (info.getDomain().contains(label)) {
        out[c] = row(model, info.getID(label));
      } else {
        // A class that never occurred: as unlikely as one occurrence in e^10.
        out[c][names.length] = -10;
      }
    }
    return out;
  }

  /** One row that gives the expected value. */
  double[] values(double[] targets) {
    List<Example<Regressor>> examples = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      examples.add(new ArrayExample<>(new Regressor("y", targets[i]), names, rows[i]));
    }
    org.tribuo.regression.sgd.linear.LinearSGDTrainer trainer =
        new org.tribuo.regression.sgd.linear.LinearSGDTrainer(
            new SquaredLoss(), new AdaGrad(RATE, EPSILON), EPOCHS, SILENT, MINIBATCH, seed);
    return row(trainer.train(dataset(examples, new RegressionFactory())), 0);
  }

  private static <T extends Output<T>> MutableDataset<T> dataset(
      List<Example<T>> examples, OutputFactory<T> factory) {
    return new MutableDataset<>(
        examples, new SimpleDataSourceProvenance("samples", factory), factory);
  }

  private double[] row(AbstractLinearSGDModel<?> model, int output) {
    DenseMatrix weights = model.getWeightsCopy();
    ImmutableFeatureMap map = model.getFeatureIDMap();
    double[] out = new double[names.length + 1];
    for (int i = 0; i < names.length; i++) {
      out[i] = weights.get(output, map.getID(names[i]));
    }
    out[names.length] = weights.get(output, names.length);
    return out;
  }
}
