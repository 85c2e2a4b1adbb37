package io.sub30.trading;

import io.sub30.v1.DecideRequest;
import io.sub30.v1.Decision;
import io.sub30.v1.Settlement;

/** One symbol against four strategies, decided and taken back: what the benchmark measures. */
public final class DecideRound {

  private static final String FOUR =
      """
        - name: breakout
          symbols: '*'
          buy: p_exceeds_cost > 0.55 and p_up >= p_down and volatility_ratio > 0.1 and return_100 > 1.5
          sell: p_exceeds_cost > 0.55 and p_down >= p_up and volatility_ratio > 0.1 and return_100 < -1.5
          confidence: p_exceeds_cost
          stop: max(1.5 * atr, 3 * spread)
          target: max(3 * atr, 6 * spread)
          size: {risk: 50, max_lots: 0.3}
        - name: reversion
          symbols: [EURUSD]
          hours: ['Mon-Fri 08:00-12:00']
          buy: ema_distance < -2.5 and rsi < 0.3 and volatility_ratio < 0.3 and spread_z < 2
          sell: ema_distance > 2.5 and rsi > 0.7 and volatility_ratio < 0.3 and spread_z < 2
          confidence: min(0.8, 0.4 + 0.08 * abs(ema_distance))
          stop: max(2 * atr, 4 * spread)
          target: max(1.5 * atr, 3 * spread)
          size: {lots: 0.1}
        - name: drift
          symbols: '*'
          buy: rsi > 0.7 and return_20 >= 0 and not (spread_bps > 3 or silence > 5)
          sell: rsi < 0.3 and return_20 <= 0 and not (spread_bps > 3 or silence > 5)
          confidence: 0.4 + abs(rsi - 0.5)
          stop: 20 * pip
          target: 30 * pip
          size: {lots: 0.1}
        - name: imbalance
          symbols: '*'
          buy: tick_imbalance > 0.5 and bar_position > 0.8 and ema_gap > 0
          sell: tick_imbalance < -0.5 and bar_position < 0.2 and ema_gap < 0
          confidence: 0.5 + 0.3 * abs(tick_imbalance)
          stop: 20 * pip
          target: 30 * pip
          size: {lots: 0.1}
      """;

  private final Decider decider = new Decider(Fixtures.book(FOUR), new KillSwitch(false));
  private final TradingState state = new TradingState();
  private final DecideRequest request;

  /**
   * @param rsi 0 to 1; above 0.7 one strategy buys, at 0.5 all hold
   * @param remembered signals in the terminal's log, up to 256
   */
  public DecideRound(double rsi, int remembered) {
    for (int i = 1; i <= remembered; i++) {
      state.begin(i, "t1").propose("USDJPY", Fixtures.TUESDAY_MSC - 7_200_000 + i, 1);
      state.settle(i, Settlement.COMMITTED);
    }
    request =
        Fixtures.request(remembered + 1, Fixtures.eurusd(Fixtures.TUESDAY_MSC, rsi))
            .addPredictions(Fixtures.prediction("EURUSD", Fixtures.TUESDAY_MSC, 0.5))
            .build();
  }

  /** Decides and aborts, so that every round sees the same state. */
  public Decision run() {
    Decision decision = decider.decide(request, state);
    state.settle(request.getOrdinal(), Settlement.ABORTED);
    return decision;
  }
}
