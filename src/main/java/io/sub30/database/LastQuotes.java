package io.sub30.database;

import io.sub30.market.Quality;
import io.sub30.v1.Prediction;
import io.sub30.v1.Quote;
import io.sub30.v1.RecordedPrediction;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickColumns;
import io.sub30.v1.TickResult;
import org.jspecify.annotations.Nullable;

/** What a batch says last of a symbol. */
final class LastQuotes {

  private LastQuotes() {}

  /**
   * The newest tick of a symbol in a batch, in the order they were sent; null when it has none, or
   * only such as came too late to move the market's state.
   */
  static @Nullable Quote of(
      String terminal, long sequence, long receivedMsc, TickColumns ticks, String symbol) {
    int wanted = ticks.getSymbolsList().indexOf(symbol);
    if (wanted < 0) {
      return null;
    }
    for (int i = ticks.getTimeMscCount() - 1; i >= 0; i--) {
      if (ticks.getSymbol(i) == wanted && (ticks.getQuality(i) & Quality.OUT_OF_ORDER) == 0) {
        return Quote.newBuilder()
            .setSymbol(symbol)
            .setTerminal(terminal)
            .setSequence(sequence)
            .setReceivedMsc(receivedMsc)
            .setTimeMsc(ticks.getTimeMsc(i))
            .setBid(ticks.getBid(i))
            .setAsk(ticks.getAsk(i))
            .setLast(ticks.getLast(i))
            .setVolume(ticks.getVolume(i))
            .build();
      }
    }
    return null;
  }

  static @Nullable Quote of(StoredBatch batch, String symbol) {
    return of(
        batch.getTerminal(), batch.getSequence(), batch.getReceivedMsc(), batch.getTicks(), symbol);
  }

  /** The prediction a batch was given for a symbol; null when it was given none. */
  static @Nullable RecordedPrediction prediction(
      String terminal, long sequence, long receivedMsc, TickResult outcome, String symbol) {
    for (Prediction prediction : outcome.getPredictionsList()) {
      if (prediction.getSymbol().equals(symbol)) {
        return RecordedPrediction.newBuilder()
            .setPrediction(prediction)
            .setTerminal(terminal)
            .setSequence(sequence)
            .setReceivedMsc(receivedMsc)
            .build();
      }
    }
    return null;
  }

  static @Nullable RecordedPrediction prediction(StoredBatch batch, String symbol) {
    return prediction(
        batch.getTerminal(),
        batch.getSequence(),
        batch.getReceivedMsc(),
        batch.getOutcome(),
        symbol);
  }
}
