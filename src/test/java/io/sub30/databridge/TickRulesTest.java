package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Quality;
import io.sub30.market.SymbolState;
import io.sub30.market.Symbols;
import io.sub30.market.SymbolsTest;
import io.sub30.market.TickSlot;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.Settlement;
import io.sub30.v1.Tick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickRulesTest {

  private static final long T = Requests.NOW - 10_000;
  private static final Symbols SYMBOLS = SymbolsTest.shipped();

  private CellState cell = new CellState(SYMBOLS, DataBridgeConfig.defaults(), new UndoPool());
  private long ordinal;

  private Enrichment enrich(Tick... ticks) {
    return enrich(Requests.request(++ordinal, List.of(ticks)));
  }

  private Enrichment enrich(EnrichRequest request) {
    Enrichment result = cell.enrich(request);
    cell.settle(request.getOrdinal(), Settlement.COMMITTED);
    return result;
  }

  private @Nullable String reason(Tick tick) {
    Enrichment result = enrich(tick);
    assertThat(result.getRejectedCount() + result.getTicks().getIndexCount()).isEqualTo(1);
    return result.getRejectedCount() == 0 ? null : result.getRejected(0).getReason();
  }

  private static Tick.Builder quote() {
    return Requests.quote("EURUSD", T, 1.1, 1.2).toBuilder();
  }

  @Test
  void labels_areUniqueSnakeCase() {
    List<String> labels = Arrays.stream(Reason.values()).map(Reason::label).toList();
    assertThat(labels).doesNotHaveDuplicates().allMatch(label -> label.matches("[a-z]+(_[a-z]+)*"));
  }

  @Test
  void fields_missing_areRejected() {
    assertThat(reason(quote().clearSymbol().build())).isEqualTo("missing_field");
    assertThat(reason(quote().setTimeMsc(0).build())).isEqualTo("missing_field");
    assertThat(reason(quote().clearBid().clearAsk().build())).isEqualTo("missing_field");
    assertThat(reason(quote().clearAsk().build()))
        .as("no ask to carry forward")
        .isEqualTo("missing_field");
    assertThat(reason(quote().setTimeMsc(1).build())).isNull();
  }

  @Test
  void prices_notFinite_areRejected() {
    for (double bad :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertThat(reason(quote().setBid(bad).build())).isEqualTo("non_finite");
      assertThat(reason(quote().setAsk(bad).build())).isEqualTo("non_finite");
      assertThat(reason(quote().setLast(bad).build())).isEqualTo("non_finite");
      assertThat(reason(quote().setVolume(bad).build())).isEqualTo("non_finite");
    }
  }

  @Test
  void prices_notPositive_areRejectedUnlessZeroMeansNone() {
    assertThat(reason(quote().setBid(-1e-9).build())).isEqualTo("non_positive_price");
    assertThat(reason(quote().setLast(-1).build())).isEqualTo("non_positive_price");
    assertThat(reason(quote().setBid(0).build())).isEqualTo("non_positive_price");
    assertThat(reason(quote().setAsk(0).setFlags(0).build())).isEqualTo("non_positive_price");
    assertThat(reason(quote().setBid(0).setAsk(0).build())).isEqualTo("non_positive_price");
    assertThat(reason(quote().setLast(0).setVolume(0).build()))
        .as("a currency has no last price")
        .isNull();
    assertThat(reason(quote().setTimeMsc(T + 1).setBid(0).setFlags(TickSlot.ASK).build()))
        .as("the bid is not claimed")
        .isNull();
    Tick trade =
        quote().setTimeMsc(T + 2).setBid(0).setAsk(0).setLast(1.15).setFlags(TickSlot.LAST).build();
    assertThat(reason(trade)).as("a trade without a book").isNull();
  }

  @Test
  void prices_atTheBounds_areAcceptedAndRejectedBeyond() {
    assertThat(reason(quote().setBid(1e-9).setAsk(1e9).build())).isNull();
    assertThat(reason(quote().setBid(Math.nextDown(1e-9)).build())).isEqualTo("price_out_of_range");
    assertThat(reason(quote().setAsk(Math.nextUp(1e9)).build())).isEqualTo("price_out_of_range");
    assertThat(reason(quote().setAsk(Double.MAX_VALUE).build())).isEqualTo("price_out_of_range");
  }

  @Test
  void volume_negative_isRejected() {
    assertThat(reason(quote().setVolume(-Double.MIN_VALUE).build())).isEqualTo("negative_volume");
    assertThat(reason(quote().setVolume(0).build())).isNull();
  }

  @Test
  void quote_crossed_isRejectedAndEqualOnlyFlagged() {
    assertThat(reason(quote().setBid(Math.nextUp(1.2)).build())).isEqualTo("crossed");
    Enrichment result = enrich(quote().setBid(1.2).build());
    assertThat(result.getTicks().getQuality(0)).isEqualTo(Quality.ZERO_SPREAD);
  }

  @Test
  void tick_sameAsTheOneBefore_isADuplicate() {
    assertThat(reason(quote().build())).isNull();
    assertThat(reason(quote().build())).isEqualTo("duplicate");
    assertThat(reason(quote().setSymbol("EURUSD.m").build()))
        .as("same instrument")
        .isEqualTo("duplicate");
    assertThat(reason(quote().setVolume(1).build())).as("another volume, another trade").isNull();
    assertThat(reason(quote().setVolume(1).setTimeMsc(T + 1).build())).isNull();
    assertThat(reason(quote().setVolume(1).setTimeMsc(T + 1).setAsk(1.3).build())).isNull();
    assertThat(reason(quote().setSymbol("GBPUSD").build())).as("another symbol").isNull();
  }

  @Test
  void symbol_unknown_isRejectedAndTheRestGoesOn() {
    Enrichment result =
        enrich(quote().setSymbol("DOGE").build(), quote().build(), quote().setBid(-1).build());
    assertThat(result.getRejectedList())
        .containsExactly(rejected(0, "unknown_symbol"), rejected(2, "non_positive_price"));
    assertThat(result.getTicks().getIndexList()).containsExactly(1);
  }

  private static RejectedTick rejected(int index, String reason) {
    return RejectedTick.newBuilder().setIndex(index).setReason(reason).build();
  }

  @Test
  void symbols_beyondTheBound_areRejected() {
    cell = new CellState(SYMBOLS, new DataBridgeConfig(1, 1, 2, 60_000, 0, 5), new UndoPool());
    assertThat(reason(quote().build())).isNull();
    assertThat(reason(quote().setSymbol("GBPUSD").build())).isNull();
    assertThat(reason(quote().setSymbol("USDJPY").build())).isEqualTo("too_many_symbols");
    assertThat(reason(quote().setTimeMsc(T + 1).build())).as("known ones go on").isNull();
  }

  @Test
  void time_aheadOfArrival_isRejectedBeyondAMinute() {
    assertThat(reason(quote().setTimeMsc(Requests.NOW + 60_000).build())).isNull();
    assertThat(reason(quote().setTimeMsc(Requests.NOW + 60_001).build())).isEqualTo("future_time");
    assertThat(reason(quote().setTimeMsc(Long.MAX_VALUE).build())).isEqualTo("future_time");
  }

  @Test
  void time_withOffset_isJudgedInUtc() {
    long broker = Requests.NOW + 10_800_000;
    EnrichRequest.Builder request =
        Requests.request(++ordinal, List.of(quote().setTimeMsc(broker + 60_000).build()))
            .toBuilder();
    request.getBatchBuilder().setServerUtcOffsetS(10_800);
    Enrichment result = enrich(request.build());
    assertThat(result.getTicks().getTimeMsc(0)).isEqualTo(Requests.NOW + 60_000);
  }

  @Test
  void time_old_isRejectedOnlyWhenConfigured() {
    assertThat(reason(quote().setTimeMsc(1).build())).isNull();
    cell = new CellState(SYMBOLS, new DataBridgeConfig(1, 1, 9, 60_000, 5_000, 5), new UndoPool());
    assertThat(reason(quote().setTimeMsc(Requests.NOW - 5_001).build())).isEqualTo("too_old");
    assertThat(reason(quote().setTimeMsc(Requests.NOW - 5_000).build())).isNull();
  }

  @Test
  void offset_beyondFifteenHours_isRejected() {
    for (int offset : new int[] {54_001, -54_001, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      EnrichRequest.Builder request =
          Requests.request(++ordinal, List.of(quote().build())).toBuilder();
      request.getBatchBuilder().setServerUtcOffsetS(offset);
      assertThat(enrich(request.build()).getRejected(0).getReason()).isEqualTo("invalid_offset");
    }
  }

  @Test
  void flags_unknownBits_areMasked() {
    assertThat(enrich(quote().setFlags(1_024 | 6).build()).getTicks().getFlags(0)).isEqualTo(6);
  }

  @Test
  void tick_outOfOrder_isAcceptedAndFlagged() {
    assertThat(reason(quote().build())).isNull();
    Enrichment result = enrich(quote().setTimeMsc(T - 1).setBid(1.05).build());
    assertThat(result.getTicks().getQuality(0)).isEqualTo(Quality.OUT_OF_ORDER);
    assertThat(result.getSymbols(0).getBid()).as("the newest quote stays").isEqualTo(1.1);
  }

  // ---- jumps

  /** A calm market at 1.1; the clock has come to T. */
  private void calm() {
    var ticks = new ArrayList<Tick>();
    for (int i = 0; i < 200; i++) {
      double bid = 1.1 + (i % 3) * 1e-5;
      ticks.add(Requests.quote("EURUSD", T - 200_000 + i * 1_000L, bid, bid + 1e-4));
    }
    assertThat(enrich(Requests.request(++ordinal, ticks)).getRejectedCount()).isZero();
  }

  private @Nullable String at(double bid, int second) {
    return reason(Requests.quote("EURUSD", T + second * 10L, bid, bid + 1e-4));
  }

  @Test
  void jump_thatPersists_isBelievedAtTheFifthTick() {
    calm();
    for (int i = 0; i < 4; i++) {
      assertThat(at(1.2 + i * 1e-5, i)).isEqualTo("price_jump");
    }
    Enrichment fifth = enrich(Requests.quote("EURUSD", T + 50, 1.2, 1.2001));
    assertThat(fifth.getTicks().getQuality(0)).isEqualTo(Quality.LEVEL_CHANGE);
    assertThat(at(1.2001, 6)).isNull();
  }

  @Test
  void jump_thatDoesNotPersist_isNeverBelieved() {
    calm();
    for (int i = 0; i < 50; i++) {
      assertThat(at(i % 2 == 0 ? 1.2 : 1.3, i))
          .as("never twice at one level")
          .isEqualTo("price_jump");
    }
    assertThat(at(1.10001, 50)).isNull();
    for (int i = 51; i < 55; i++) {
      assertThat(at(1.2, i))
          .as("an accepted tick between begins the count again")
          .isEqualTo("price_jump");
    }
  }

  @Test
  void jump_inAnAbortedBatch_doesNotCount() {
    calm();
    assertThat(at(1.2, 0)).isEqualTo("price_jump");
    var three = new ArrayList<Tick>();
    for (int i = 1; i <= 3; i++) {
      three.add(Requests.quote("EURUSD", T + i, 1.2 + i * 1e-5, 1.2001 + i * 1e-5));
    }
    EnrichRequest request = Requests.request(++ordinal, three);
    for (int sent = 0; sent < 3; sent++) {
      assertThat(cell.enrich(request).getRejectedCount()).isEqualTo(3);
      cell.settle(ordinal, Settlement.ABORTED);
    }
    assertThat(enrich(request).getRejectedCount()).isEqualTo(3);
    assertThat(at(1.2, 1)).as("the fifth that counts").isNull();
  }

  @Test
  void jump_atTheLimit_isAMoveAndBeyondItAJump() {
    calm();
    var state = new SymbolState();
    Objects.requireNonNull(cell.symbolState("t1", "EURUSD")).copyTo(state);
    double limit =
        TickRules.jumpLimit(state, Objects.requireNonNull(SYMBOLS.canonical("EURUSD")), T);
    double spread = state.ask() - state.bid();
    double bid = state.bid() + limit;
    Tick beyond = Requests.quote("EURUSD", T, bid + 1e-9, bid + 1e-9 + spread);
    assertThat(reason(beyond)).isEqualTo("price_jump");
    assertThat(reason(Requests.quote("EURUSD", T, bid - 1e-9, bid - 1e-9 + spread))).isNull();
  }

  @Test
  void jump_beforeTheMarketIsKnown_isAccepted() {
    for (int i = 0; i < TickRules.JUMP_WARM_TICKS; i++) {
      assertThat(at(i % 2 == 0 ? 1 : 2, i)).isNull();
    }
  }
}
