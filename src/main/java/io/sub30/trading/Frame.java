package io.sub30.trading;

import io.sub30.market.Features;
import io.sub30.market.Symbol;
import io.sub30.v1.Prediction;
import io.sub30.v1.SymbolFeatures;
import org.jspecify.annotations.Nullable;

/**
 * The values expressions read, in the order of a {@link Vocabulary}. Filled again for every symbol;
 * belongs to one lane.
 */
final class Frame {

  private final Vocabulary vocabulary;
  private final double[] values;

  Frame(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.values = new double[vocabulary.frameSize()];
  }

  double[] values() {
    return values;
  }

  /** Without a prediction its values are NaN, so no comparison with them holds. */
  void fill(SymbolFeatures features, Symbol symbol, @Nullable Prediction prediction) {
    for (int i = 0; i < vocabulary.featureCount(); i++) {
      values[i] = features.getFeatures(i);
    }
    int at = vocabulary.quoteIndex();
    values[at++] = features.getBid();
    values[at++] = features.getAsk();
    values[at++] = features.getMid();
    values[at++] = features.getAsk() - features.getBid();
    values[at++] = symbol.typicalSpread();
    values[at++] = symbol.pip();
    values[at++] = symbol.point();
    // StrictMath: the stored signal must come out again on every machine, to the last bit.
    double basisPoint = features.getMid() * 1e-4;
    values[at++] = basisPoint * StrictMath.expm1(values[Features.ATR_BPS]);
    values[at++] = basisPoint * StrictMath.exp(values[Features.VOLATILITY_FAST]);
    values[at++] = basisPoint * StrictMath.exp(values[Features.VOLATILITY_SLOW]);
    values[at++] = prediction == null ? Double.NaN : prediction.getPUp();
    values[at++] = prediction == null ? Double.NaN : prediction.getPDown();
    values[at++] = prediction == null ? Double.NaN : prediction.getPExceedsCost();
    values[at++] = prediction == null ? Double.NaN : prediction.getVolatility();
    values[at] = prediction == null ? Double.NaN : prediction.getHorizonS();
  }
}
