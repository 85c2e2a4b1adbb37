package io.sub30.trading;

import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Prediction;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.SymbolFeatures;
import org.jspecify.annotations.Nullable;

/**
 * Decides: one signal for each symbol of a batch, the most confident that passes every rule (the
 * strategy declared first, when two are alike), or HOLD with the reasons of everything that
 * prevented one.
 *
 * <p>A decision depends on the request, the tenant's state, the kill switches and the book, and on
 * nothing else: no clock is read. Belongs to one lane; its scratch space is reused.
 */
final class Decider {

  /** Reasons with which a strategy's conditions were not met, or not looked at. */
  private static final long NOT_FIRED =
      Reason.NO_CONDITION_MET.bit()
          | Reason.CONFLICTING_CONDITIONS.bit()
          | Reason.OUTSIDE_STRATEGY_HOURS.bit()
          | Reason.NO_PREDICTION.bit()
          | Reason.PREDICTION_STALE.bit();

  private final StrategyBook book;
  private final RiskRules rules;
  private final KillSwitch everyone;
  private final Frame frame = new Frame(Vocabulary.SERVING);
  private final Usage usage = new Usage();
  private Candidate best = new Candidate();
  private Candidate next = new Candidate();

  /**
   * @param everyone stops all tenants of the lane
   */
  Decider(StrategyBook book, KillSwitch everyone) {
    this.book = book;
    this.rules = book.rules();
    this.everyone = everyone;
  }

  /**
   * Decides a batch and leaves its signals tentative in {@code state}.
   *
   * @throws IllegalStateException when {@code state} has another batch open
   */
  Decision decide(DecideRequest request, TradingState state) {
    SignalLog log = state.begin(request.getOrdinal(), request.getTerminal());
    long stopped =
        (everyone.engaged() ? Reason.KILL_SWITCH_GLOBAL.bit() : 0)
            | (state.killSwitch().engaged() ? Reason.KILL_SWITCH_TENANT.bit() : 0);
    long nowMsc = nowMsc(request);
    Decision.Builder decision = Decision.newBuilder().setStrategiesVersion(book.version());
    String idPrefix = request.getTerminal() + '-' + request.getSequence() + '-';
    for (int i = 0; i < request.getSymbolsCount(); i++) {
      SymbolFeatures features = request.getSymbols(i);
      Signal.Builder signal =
          Signal.newBuilder().setId(idPrefix + i).setSymbol(features.getSymbol());
      Prediction prediction = prediction(request, features.getSymbol());
      long reasons = stopped | symbol(features, prediction, nowMsc, log, stopped == 0);
      if (reasons == 0) {
        best.write(signal, reason(prediction));
        log.propose(features.getSymbol(), features.getAsOfMsc(), best.units());
      } else {
        signal.setSide(Side.HOLD);
        Reason.tell(reasons, signal);
      }
      decision.addSignals(signal);
    }
    return decision.build();
  }

  private long nowMsc(DecideRequest request) {
    long newest = Long.MIN_VALUE;
    for (int i = 0; i < request.getSymbolsCount(); i++) {
      newest = Math.max(newest, request.getSymbols(i).getAsOfMsc());
    }
    return newest == Long.MIN_VALUE
        ? request.getReceivedMsc()
        : rules.staleness().nowMsc(request.getReceivedMsc(), newest);
  }

  private static @Nullable Prediction prediction(DecideRequest request, String symbol) {
    for (int i = 0; i < request.getPredictionsCount(); i++) {
      Prediction prediction = request.getPredictions(i);
      if (prediction.getSymbol().equals(symbol)) {
        return prediction;
      }
    }
    return null;
  }

  /** What prevents a signal for one symbol; when nothing does, {@code best} is the signal. */
  private long symbol(
      SymbolFeatures features,
      @Nullable Prediction prediction,
      long nowMsc,
      SignalLog log,
      boolean running) {
    SymbolPlan plan = book.plan(features.getSymbol());
    if (plan == null) {
      return Reason.UNKNOWN_SYMBOL.bit();
    }
    if (plan.strategies.isEmpty()) {
      return Reason.NO_STRATEGY.bit();
    }
    long blocked = gate(plan, features, nowMsc);
    long unreadable = Reason.NOT_WARM.bit() | Reason.NO_QUOTE.bit();
    if ((blocked & unreadable) != 0) {
      return blocked;
    }
    frame.fill(features, plan.symbol, prediction);
    usage.begin(log, features.getSymbol(), features.getAsOfMsc());
    long against = strategies(plan, features, prediction);
    // What a gate refuses is told together with what the strategies would have said.
    return blocked != 0 || !running ? blocked | against : against;
  }

  /** What speaks against any signal of this symbol now. */
  private long gate(SymbolPlan plan, SymbolFeatures features, long nowMsc) {
    long reasons = 0;
    if (!features.getWarm() || features.getFeaturesCount() != Vocabulary.SERVING.featureCount()) {
      reasons |= Reason.NOT_WARM.bit();
    }
    double bid = features.getBid();
    double ask = features.getAsk();
    if (!(bid > 0 && ask >= bid && ask < Double.POSITIVE_INFINITY)) {
      reasons |= Reason.NO_QUOTE.bit();
    } else if (!plan.rules.admitsSpread(ask - bid, features.getMid(), plan.symbol.point())) {
      reasons |= Reason.SPREAD_TOO_WIDE.bit();
    }
    if (nowMsc - features.getAsOfMsc() > rules.staleness().maxAgeMillis()) {
      reasons |= Reason.STALE.bit();
    }
    if (!plan.rules.hours().contain(features.getAsOfMsc())) {
      reasons |= Reason.OUTSIDE_HOURS.bit();
    }
    return reasons;
  }

  /** Looks for the best signal; 0 when there is one, else everything that was against it. */
  private long strategies(
      SymbolPlan plan, SymbolFeatures features, @Nullable Prediction prediction) {
    long against = 0;
    boolean fired = false;
    boolean found = false;
    for (int i = 0; i < plan.strategies.size(); i++) {
      long reasons = strategy(plan.strategies.get(i), plan, features, prediction);
      fired |= (reasons & NOT_FIRED) == 0;
      against |= reasons;
      if (reasons == 0 && (!found || next.confidence() > best.confidence())) {
        Candidate better = next;
        next = best;
        best = better;
        found = true;
      }
    }
    if (found) {
      return 0;
    }
    return fired ? against & ~Reason.NO_CONDITION_MET.bit() : against;
  }

  /** Leaves the strategy's signal in {@code next}; 0 when nothing speaks against it. */
  private long strategy(
      Strategy strategy,
      SymbolPlan plan,
      SymbolFeatures features,
      @Nullable Prediction prediction) {
    long reasons = inputs(strategy, features, prediction);
    if (reasons != 0) {
      return reasons;
    }
    double[] values = frame.values();
    boolean buy = strategy.buy().holds(values);
    boolean sell = strategy.sell().holds(values);
    if (buy == sell) {
      return buy ? Reason.CONFLICTING_CONDITIONS.bit() : Reason.NO_CONDITION_MET.bit();
    }
    reasons = next.propose(strategy, buy ? Side.BUY : Side.SELL, plan, features, values);
    if (next.confidence() < rules.minConfidence()) {
      reasons |= Reason.LOW_CONFIDENCE.bit();
    }
    return reasons | usage.broken(rules, next.units());
  }

  /** Whether the strategy has what it needs to be asked at all. */
  private long inputs(Strategy strategy, SymbolFeatures features, @Nullable Prediction prediction) {
    long reasons = 0;
    if (!strategy.hours().contain(features.getAsOfMsc())) {
      reasons |= Reason.OUTSIDE_STRATEGY_HOURS.bit();
    }
    if (strategy.needsPrediction()) {
      if (prediction == null) {
        reasons |= Reason.NO_PREDICTION.bit();
      } else if (features.getAsOfMsc() - prediction.getAsOfMsc()
          > rules.staleness().maxPredictionAgeMillis()) {
        reasons |= Reason.PREDICTION_STALE.bit();
      }
    }
    return reasons;
  }

  private static String reason(@Nullable Prediction prediction) {
    if (prediction == null) {
      return "prediction_none";
    }
    return switch (prediction.getSource()) {
      case "full" -> "prediction_full";
      case "head" -> "prediction_head";
      case "cache" -> "prediction_cache";
      default -> "prediction_other";
    };
  }
}
