package io.sub30.trading;

import io.sub30.market.Features;
import io.sub30.market.Symbols;
import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Prediction;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.SymbolFeatures;
import io.sub30.v1.TickResult;

/** A small market and a small book for the tests of this package. */
final class Fixtures {

  /** Tuesday 2014-05-06, 10:00 in New York. */
  static final long TUESDAY_MSC = 1_399_384_800_000L;

  static final Symbols SYMBOLS =
      Symbols.parse(
          """
          suffixes: ['m']
          symbols:
            EURUSD: {digits: 5, point: 0.00001, pip: 0.0001, typical_spread: 0.0001, max_jump_sigma: 30,
                     contract_size: 100000, min_lot: 0.01, lot_step: 0.01}
            USDJPY: {digits: 3, point: 0.001, pip: 0.01, typical_spread: 0.012, max_jump_sigma: 30,
                     contract_size: 100000, min_lot: 0.1, lot_step: 0.1}
          """);

  static final String RISK =
      """
      risk:
        min_confidence: 0.5
        cooldown: 5m
        max_signals_a_minute: 3
        max_open_signals: 4
        exposure: {horizon: 1h, max_lots_symbol: 0.3, max_lots_total: 0.5}
        staleness: {max_age: 5s, live_within: 24h, max_prediction_age: 60s}
        spread: {max_typical_multiple: 3, max_bps: 5}
        hours: ['Mon-Fri 08:00-17:00']
        symbols:
          USDJPY: {hours: [always], max_bps: 4}
      """;

  /** Buys above an RSI of 0.7 and sells below 0.3. */
  static final String STRATEGY =
      """
        - name: plain
          symbols: '*'
          buy: rsi > 0.7
          sell: rsi < 0.3
          confidence: abs(rsi - 0.5) + 0.4
          stop: 20 * pip
          target: 30 * pip
          size: {lots: 0.1}
      """;

  private Fixtures() {}

  static String yaml(String strategies) {
    return "strategies:\n" + strategies + RISK;
  }

  static StrategyBook book(String strategies) {
    return StrategyBook.parse(yaml(strategies), SYMBOLS);
  }

  /** EURUSD at its typical spread, warm, with this RSI. */
  static SymbolFeatures.Builder eurusd(long asOfMsc, double rsi) {
    return quote("EURUSD", asOfMsc, 1.1, 1.1001, rsi);
  }

  static SymbolFeatures.Builder quote(
      String symbol, long asOfMsc, double bid, double ask, double rsi) {
    SymbolFeatures.Builder quote =
        SymbolFeatures.newBuilder()
            .setSymbol(symbol)
            .setAsOfMsc(asOfMsc)
            .setBid(bid)
            .setAsk(ask)
            .setMid((bid + ask) / 2)
            .setWarm(true);
    for (int i = 0; i < Features.COUNT; i++) {
      quote.addFeatures(i == Features.RSI ? rsi : 0);
    }
    return quote;
  }

  static Prediction.Builder prediction(String symbol, long asOfMsc, double exceedsCost) {
    return Prediction.newBuilder()
        .setSymbol(symbol)
        .setPUp(0.4)
        .setPDown(0.3)
        .setPExceedsCost(exceedsCost)
        .setVolatility(0.001)
        .setHorizonS(300)
        .setSource("full")
        .setAsOfMsc(asOfMsc);
  }

  /** A live batch: received a moment after its newest quote. */
  static DecideRequest.Builder request(long ordinal, SymbolFeatures.Builder... symbols) {
    DecideRequest.Builder request =
        DecideRequest.newBuilder().setTerminal("t1").setSequence(ordinal + 100).setOrdinal(ordinal);
    long newest = 0;
    for (SymbolFeatures.Builder symbol : symbols) {
      request.addSymbols(symbol);
      newest = Math.max(newest, symbol.getAsOfMsc());
    }
    return request.setReceivedMsc(newest + 20);
  }

  /** What the database keeps of a decided batch. */
  static StoredBatch stored(DecideRequest request, Decision decision) {
    return StoredBatch.newBuilder()
        .setTerminal(request.getTerminal())
        .setSequence(request.getSequence())
        .setOrdinal(request.getOrdinal())
        .setReceivedMsc(request.getReceivedMsc())
        .addAllSymbols(request.getSymbolsList())
        .setOutcome(TickResult.newBuilder().addAllSignals(decision.getSignalsList()))
        .build();
  }

  static Decision commit(Decider decider, TradingState state, DecideRequest.Builder request) {
    Decision decision = decider.decide(request.build(), state);
    state.settle(request.getOrdinal(), Settlement.COMMITTED);
    return decision;
  }
}
