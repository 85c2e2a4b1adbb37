package io.sub30.trading;

import static io.sub30.trading.Fixtures.STRATEGY;
import static io.sub30.trading.Fixtures.TUESDAY_MSC;
import static io.sub30.trading.Fixtures.book;
import static io.sub30.trading.Fixtures.commit;
import static io.sub30.trading.Fixtures.eurusd;
import static io.sub30.trading.Fixtures.prediction;
import static io.sub30.trading.Fixtures.quote;
import static io.sub30.trading.Fixtures.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.SymbolFeatures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeciderTest {

  private static final String PREDICTED =
      """
        - name: predicted
          symbols: [EURUSD]
          buy: p_exceeds_cost > 0.5
          confidence: p_exceeds_cost
          stop: 2 * volatility * mid
          target: 4 * volatility * mid
          size: {lots: 0.1}
      """;

  private final KillSwitch everyone = new KillSwitch(false);
  private final TradingState state = new TradingState();

  private Decider decider(String strategies) {
    return new Decider(book(strategies), everyone);
  }

  private Signal one(String strategies, DecideRequest.Builder request) {
    return commit(decider(strategies), state, request).getSignals(0);
  }

  private Signal one(SymbolFeatures.Builder symbol) {
    return one(STRATEGY, request(1, symbol));
  }

  private static void holds(Signal signal, String... reasons) {
    assertThat(signal.getReasonsList()).containsExactly(reasons);
    assertThat(signal.getSide()).isEqualTo(Side.HOLD);
    assertThat(signal.getSize()).isZero();
  }

  @Test
  void decide_buyConditionHolds_entersAtAskWithStopBelowAndTargetAbove() {
    Signal signal = one(eurusd(TUESDAY_MSC, 0.8));
    assertThat(signal)
        .isEqualTo(
            Signal.newBuilder()
                .setId("t1-101-0")
                .setSymbol("EURUSD")
                .setSide(Side.BUY)
                .setConfidence(Math.abs(0.8 - 0.5) + 0.4)
                .setEntry(1.1001)
                .setStop(1.0981)
                .setTarget(1.1031)
                .setSize(0.1)
                .setStrategy("plain")
                .addReasons("buy_condition")
                .build());
  }

  @Test
  void decide_sellConditionHolds_entersAtBidWithStopAboveAndTargetBelow() {
    Signal signal = one(eurusd(TUESDAY_MSC, 0.2));
    assertThat(signal.getSide()).isEqualTo(Side.SELL);
    assertThat(signal.getEntry()).isEqualTo(1.1);
    assertThat(signal.getStop()).isEqualTo(1.102);
    assertThat(signal.getTarget()).isEqualTo(1.097);
    assertThat(signal.getReasonsList()).containsExactly("sell_condition");
  }

  @Test
  void decide_pricesBetweenPoints_areRoundedToTheSymbolsDigits() {
    Signal signal =
        one(
            STRATEGY.replace("20 * pip", "0.123456789"),
            request(1, quote("USDJPY", TUESDAY_MSC, 101.1234567, 101.1254567, 0.8)));
    assertThat(signal.getEntry()).isEqualTo(101.125);
    assertThat(signal.getStop()).isEqualTo(101.002);
  }

  @ParameterizedTest
  @CsvSource({"0.7, no_condition_met", "0.3, no_condition_met", "NaN, no_condition_met"})
  void decide_conditionNotMet_holds(double rsi, String reason) {
    holds(one(eurusd(TUESDAY_MSC, rsi)), reason);
  }

  @Test
  void decide_bothConditionsHold_holds() {
    String both = STRATEGY.replace("rsi < 0.3", "rsi > 0.6");
    holds(one(both, request(1, eurusd(TUESDAY_MSC, 0.8))), "conflicting_conditions");
  }

  @Test
  void decide_severalStrategies_takesTheMostConfidentAndTheFirstOfEquals() {
    String weaker = STRATEGY.replace("plain", "weaker").replace("+ 0.4", "+ 0.35");
    String stronger = STRATEGY.replace("plain", "stronger").replace("+ 0.4", "+ 0.45");
    String twin = STRATEGY.replace("plain", "twin").replace("+ 0.4", "+ 0.45");
    String blocked =
        STRATEGY.replace("plain", "blocked").replace("+ 0.4", "+ 9").replace("20 *", "0 *");
    Signal signal = one(weaker + blocked + stronger + twin, request(1, eurusd(TUESDAY_MSC, 0.8)));
    assertThat(signal.getStrategy()).isEqualTo("stronger");
    assertThat(signal.getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_everyStrategyPrevented_tellsAllTheirReasons() {
    String unsure = STRATEGY.replace("plain", "unsure").replace("+ 0.4", "");
    String quiet = STRATEGY.replace("plain", "quiet").replace("rsi > 0.7", "rsi > 0.9");
    String tight = STRATEGY.replace("plain", "tight").replace("20 * pip", "spread");
    String asleep =
        STRATEGY.replace("plain", "asleep").replace("buy:", "hours: ['12:00-13:00']\n    buy:");
    holds(
        one(unsure + quiet + tight + asleep + PREDICTED, request(1, eurusd(TUESDAY_MSC, 0.8))),
        "no_prediction",
        "outside_strategy_hours",
        "low_confidence",
        "stop_invalid");
  }

  @Test
  void decide_gateAndStrategyPrevent_tellsBoth() {
    SymbolFeatures.Builder wide = quote("EURUSD", TUESDAY_MSC, 1.1, 1.1004, 0.5);
    holds(one(wide), "spread_too_wide", "no_condition_met");
  }

  @Test
  void decide_unknownSymbolOrNoStrategy_holds() {
    holds(one(quote("XYZ", TUESDAY_MSC, 1, 1.0001, 0.8)), "unknown_symbol");
    holds(
        one(PREDICTED, request(2, quote("USDJPY", TUESDAY_MSC, 101, 101.01, 0.8))), "no_strategy");
  }

  @Test
  void decide_notWarmOrOtherFeatures_holds() {
    holds(one(eurusd(TUESDAY_MSC, 0.8).setWarm(false)), "not_warm");
    holds(one(STRATEGY, request(2, eurusd(TUESDAY_MSC, 0.8).addFeatures(1))), "not_warm");
    holds(one(STRATEGY, request(3, eurusd(TUESDAY_MSC, 0.8).clearFeatures())), "not_warm");
  }

  @ParameterizedTest
  @CsvSource({"0, 1.1", "1.1, 0", "1.1001, 1.1", "NaN, 1.1", "1.1, NaN", "-1, 1", "1.1, Infinity"})
  void decide_quoteUnusable_holds(double bid, double ask) {
    holds(one(quote("EURUSD", TUESDAY_MSC, bid, ask, 0.8)), "no_quote");
  }

  @ParameterizedTest
  @CsvSource({
    // three times the typical spread of 0.0001; 5 basis points of 1.1 would be 0.00055
    "EURUSD, 1.1, 1.1003, true",
    "EURUSD, 1.1, 1.10031, false",
    "EURUSD, 1.1, 1.1, true",
    // 4 basis points of 50 are 0.02; three times the typical spread would be 0.036
    "USDJPY, 50, 50.02, true",
    "USDJPY, 50, 50.021, false",
  })
  void decide_spreadAtTheLimit_passesAndBeyondHolds(
      String symbol, double bid, double ask, boolean passes) {
    Signal signal = one(quote(symbol, TUESDAY_MSC, bid, ask, 0.8));
    if (passes) {
      assertThat(signal.getSide()).isEqualTo(Side.BUY);
    } else {
      holds(signal, "spread_too_wide");
    }
  }

  @Test
  void decide_liveQuoteAtTheAgeLimit_passesAndOlderHolds() {
    assertThat(
            one(STRATEGY, request(1, eurusd(TUESDAY_MSC, 0.8)).setReceivedMsc(TUESDAY_MSC + 5_000))
                .getSide())
        .isEqualTo(Side.BUY);
    long later = TUESDAY_MSC + 3_000_000;
    holds(one(STRATEGY, request(2, eurusd(later, 0.8)).setReceivedMsc(later + 5_001)), "stale");
    holds(
        one(STRATEGY, request(3, eurusd(later, 0.8)).setReceivedMsc(later + 86_400_000)), "stale");
  }

  @Test
  void decide_historicalBatch_isJudgedAgainstItsNewestQuote() {
    long years = 400L * 86_400_000;
    Decision decision =
        commit(
            decider(STRATEGY),
            state,
            request(
                    1,
                    quote("USDJPY", TUESDAY_MSC - 5_001, 101, 101.01, 0.8),
                    eurusd(TUESDAY_MSC, 0.8))
                .setReceivedMsc(TUESDAY_MSC + years));
    holds(decision.getSignals(0), "stale");
    assertThat(decision.getSignals(1).getSide()).isEqualTo(Side.BUY);
    assertThat(
            one(
                    STRATEGY,
                    request(2, eurusd(TUESDAY_MSC + 300_000, 0.8))
                        .setReceivedMsc(TUESDAY_MSC + 300_000 + 86_400_001))
                .getSide())
        .isEqualTo(Side.BUY);
  }

  @Test
  void decide_symbolsHours_areJudgedByTheQuotesTime() {
    long evening = TUESDAY_MSC + 7 * 3_600_000;
    assertThat(one(eurusd(evening - 1, 0.8)).getSide()).isEqualTo(Side.BUY);
    holds(one(STRATEGY, request(2, eurusd(evening + 600_000, 0.8))), "outside_hours");
    assertThat(
            one(STRATEGY, request(3, quote("USDJPY", evening + 600_000, 101, 101.01, 0.8)))
                .getSide())
        .isEqualTo(Side.BUY);
  }

  @Test
  void decide_confidenceAtTheLimit_passesAndBelowHolds() {
    String half = STRATEGY.replace("abs(rsi - 0.5) + 0.4", "0.5");
    String less = STRATEGY.replace("abs(rsi - 0.5) + 0.4", "0.4999");
    String none = STRATEGY.replace("abs(rsi - 0.5) + 0.4", "1 / 0");
    String much = STRATEGY.replace("abs(rsi - 0.5) + 0.4", "7");
    holds(one(less, request(1, eurusd(TUESDAY_MSC, 0.8))), "low_confidence");
    holds(one(none, request(2, eurusd(TUESDAY_MSC, 0.8))), "low_confidence");
    assertThat(one(half, request(3, eurusd(TUESDAY_MSC, 0.8))).getConfidence()).isEqualTo(0.5);
    assertThat(one(much, request(4, eurusd(TUESDAY_MSC + 300_000, 0.8))).getConfidence())
        .isEqualTo(1);
  }

  @Test
  void decide_predictionNeeded_holdsWithoutAFreshOne() {
    DecideRequest.Builder bare = request(1, eurusd(TUESDAY_MSC, 0.5));
    holds(one(PREDICTED, bare), "no_prediction");
    holds(
        one(PREDICTED, bare.setOrdinal(2).addPredictions(prediction("USDJPY", TUESDAY_MSC, 0.7))),
        "no_prediction");
    bare.clearPredictions().addPredictions(prediction("EURUSD", TUESDAY_MSC - 60_001, 0.7));
    holds(one(PREDICTED, bare.setOrdinal(3)), "prediction_stale");
    bare.clearPredictions()
        .addPredictions(prediction("EURUSD", TUESDAY_MSC - 60_000, 0.7).setSource("cache"));
    Signal signal = one(PREDICTED, bare.setOrdinal(4));
    assertThat(signal.getSide()).isEqualTo(Side.BUY);
    assertThat(signal.getStop()).isEqualTo(1.0979);
    assertThat(signal.getReasonsList()).containsExactly("buy_condition", "prediction_cache");
  }

  @ParameterizedTest
  @CsvSource({
    // bid 1.1, ask 1.1001: the stop of a buy must be below the bid, its target above the ask
    "0.0001, 30 * pip, stop_invalid",
    "0.00011, 30 * pip, ''",
    "-20 * pip, 30 * pip, stop_invalid",
    "1 / 0, 30 * pip, stop_invalid",
    "2, 30 * pip, stop_invalid",
    "20 * pip, 0.000004, target_invalid",
    "20 * pip, 0.000006, ''",
    "20 * pip, -1, target_invalid",
    "20 * pip, 1 / 0, target_invalid",
  })
  void decide_stopOrTargetOnTheWrongSide_holds(String stop, String target, String reason) {
    String strategy = STRATEGY.replace("20 * pip", stop).replace("30 * pip", target);
    Signal signal = one(strategy, request(1, eurusd(TUESDAY_MSC, 0.8)));
    if (reason.isEmpty()) {
      assertThat(signal.getSide()).isEqualTo(Side.BUY);
    } else {
      holds(signal, reason);
    }
  }

  @Test
  void decide_sellsStopInsideTheSpread_holds() {
    String strategy = STRATEGY.replace("20 * pip", "spread");
    holds(one(strategy, request(1, eurusd(TUESDAY_MSC, 0.2))), "stop_invalid");
  }

  @ParameterizedTest
  @CsvSource({
    // 20 pips of a lot of 100,000 are 200 in quote currency
    "10, 0.05",
    "11.9, 0.05",
    "12, 0.06",
    "2, 0.01",
    "1.9, 0",
    "1000000, 0.25",
  })
  void decide_sizeByRisk_isRoundedDownToTheStepAndBounded(double risk, double lots) {
    String strategy = STRATEGY.replace("{lots: 0.1}", "{risk: " + risk + ", max_lots: 0.259}");
    Signal signal = one(strategy, request(1, eurusd(TUESDAY_MSC, 0.8)));
    if (lots > 0) {
      assertThat(signal.getSize()).isEqualTo(lots);
    } else {
      holds(signal, "size_below_minimum");
    }
  }

  @Test
  void decide_afterASignal_coolsDownForTheSymbolOnly() {
    Decider decider = decider(STRATEGY);
    assertThat(commit(decider, state, request(1, eurusd(TUESDAY_MSC, 0.8))).getSignals(0).getSide())
        .isEqualTo(Side.BUY);
    Decision soon =
        commit(
            decider,
            state,
            request(
                2,
                eurusd(TUESDAY_MSC + 299_999, 0.2),
                quote("USDJPY", TUESDAY_MSC + 299_999, 101, 101.01, 0.8)));
    holds(soon.getSignals(0), "cooldown");
    assertThat(soon.getSignals(1).getSide()).isEqualTo(Side.BUY);
    assertThat(
            commit(decider, state, request(3, eurusd(TUESDAY_MSC + 300_000, 0.2)))
                .getSignals(0)
                .getSide())
        .isEqualTo(Side.SELL);
  }

  @Test
  void decide_otherTerminal_hasLimitsOfItsOwn() {
    Decider decider = decider(STRATEGY);
    commit(decider, state, request(1, eurusd(TUESDAY_MSC, 0.8)));
    Decision other = commit(decider, state, request(2, eurusd(TUESDAY_MSC, 0.8)).setTerminal("t2"));
    assertThat(other.getSignals(0).getSide()).isEqualTo(Side.BUY);
    assertThat(other.getSignals(0).getId()).isEqualTo("t2-102-0");
  }

  private void signalled(String symbol, long asOfMsc, double lots) {
    SignalLog log = state.begin(state.ordinal() + 1, "t1");
    log.propose(symbol, asOfMsc, Lots.units(lots));
    state.settle(state.openOrdinal(), io.sub30.v1.Settlement.COMMITTED);
  }

  private Signal next(long asOfMsc) {
    return one(STRATEGY, request(state.ordinal() + 1, eurusd(asOfMsc, 0.8)));
  }

  @Test
  void decide_rateOfAMinute_holdsUntilTheOldestIsAMinuteAgo() {
    signalled("USDJPY", TUESDAY_MSC, 0.01);
    signalled("USDJPY", TUESDAY_MSC + 1_000, 0.01);
    signalled("USDJPY", TUESDAY_MSC + 2_000, 0.01);
    holds(next(TUESDAY_MSC + 59_999), "signal_rate");
    assertThat(next(TUESDAY_MSC + 60_000).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_openSignals_holdsUntilTheOldestPassedTheHorizon() {
    for (int i = 0; i < 4; i++) {
      signalled("USDJPY", TUESDAY_MSC + i, 0.01);
    }
    holds(next(TUESDAY_MSC + 3_599_999), "open_signals");
    assertThat(next(TUESDAY_MSC + 3_600_000).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_exposureOfTheSymbol_mayReachButNotPassItsLimit() {
    signalled("EURUSD", TUESDAY_MSC, 0.1);
    signalled("EURUSD", TUESDAY_MSC, 0.1);
    // 0.1 + 0.1 + 0.1 is more than 0.3 in doubles
    assertThat(next(TUESDAY_MSC + 300_000).getSide()).isEqualTo(Side.BUY);
    holds(next(TUESDAY_MSC + 600_000), "exposure_symbol");
    assertThat(next(TUESDAY_MSC + 3_600_000).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_exposureInTotal_mayReachButNotPassItsLimit() {
    signalled("USDJPY", TUESDAY_MSC, 0.4);
    assertThat(next(TUESDAY_MSC + 60_000).getSide()).isEqualTo(Side.BUY);
    holds(next(TUESDAY_MSC + 360_000), "exposure_total");
    assertThat(next(TUESDAY_MSC + 3_600_000).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_symbolsOfOneBatch_shareTheLimits() {
    signalled("USDJPY", TUESDAY_MSC - 600_000, 0.35);
    Decision decision =
        commit(
            decider(STRATEGY),
            state,
            request(2, eurusd(TUESDAY_MSC, 0.8), quote("USDJPY", TUESDAY_MSC, 101, 101.01, 0.8)));
    assertThat(decision.getSignals(0).getSide()).isEqualTo(Side.BUY);
    holds(decision.getSignals(1), "exposure_symbol", "exposure_total");
    assertThat(decision.getSignals(1).getId()).isEqualTo("t1-102-1");
  }

  @Test
  void decide_afterALargerCandidate_isNotChargedWithItsSize() {
    signalled("EURUSD", TUESDAY_MSC - 600_000, 0.1);
    String strategy =
        STRATEGY
            .replace("20 * pip", "(rsi - 0.8) * 1000 * pip")
            .replace("{lots: 0.1}", "{lots: 0.3}");
    Decider decider = decider(strategy);
    for (int i = 1; i <= 3; i++) {
      // As often as there are candidates to be reused.
      Decision larger =
          decider.decide(
              request(i, quote("USDJPY", TUESDAY_MSC, 101, 101.01, 0.9)).build(),
              new TradingState());
      assertThat(larger.getSignals(0).getSize()).isEqualTo(0.3);
    }
    Decision decision = commit(decider, state, request(2, eurusd(TUESDAY_MSC, 0.75)));
    holds(decision.getSignals(0), "stop_invalid");
  }

  @Test
  void decide_killSwitch_holdsUntilReleased() {
    everyone.engage();
    state.killSwitch().engage();
    holds(one(eurusd(TUESDAY_MSC, 0.8)), "kill_switch_global", "kill_switch_tenant");
    everyone.release();
    holds(
        one(STRATEGY, request(2, eurusd(TUESDAY_MSC, 0.5))),
        "kill_switch_tenant",
        "no_condition_met");
    state.killSwitch().release();
    assertThat(one(STRATEGY, request(3, eurusd(TUESDAY_MSC, 0.8))).getSide()).isEqualTo(Side.BUY);
  }

  @Test
  void decide_sameInputs_sameDecisionToTheByte() {
    DecideRequest request =
        request(1, eurusd(TUESDAY_MSC, 0.8), quote("USDJPY", TUESDAY_MSC, 101, 101.01, 0.2))
            .addPredictions(prediction("EURUSD", TUESDAY_MSC, 0.7))
            .build();
    Decision first = decider(STRATEGY + PREDICTED).decide(request, new TradingState());
    Decider used = decider(STRATEGY + PREDICTED);
    used.decide(request(7, eurusd(TUESDAY_MSC + 5, 0.1)).build(), state);
    assertThat(used.decide(request, new TradingState()).toByteString())
        .isEqualTo(first.toByteString());
    assertThat(first.getSignalsList())
        .extracting(Signal::getSide)
        .isEqualTo(List.of(Side.BUY, Side.SELL));
  }

  @Test
  void decide_noSymbols_decidesNothing() {
    Decision decision = commit(decider(STRATEGY), state, request(1));
    assertThat(decision.getSignalsList()).isEmpty();
    assertThat(decision.getStrategiesVersion()).isEqualTo(book(STRATEGY).version());
  }
}
