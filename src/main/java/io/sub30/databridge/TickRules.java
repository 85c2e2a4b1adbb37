package io.sub30.databridge;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Quality;
import io.sub30.market.Symbol;
import io.sub30.market.SymbolState;
import io.sub30.market.TickSlot;
import io.sub30.v1.Tick;
import org.jspecify.annotations.Nullable;

/**
 * What a tick must be like to be accepted. A rejection is a value: null stands for accepted.
 * Allocates nothing.
 */
final class TickRules {

  static final double MIN_PRICE = 1e-9;
  static final double MAX_PRICE = 1e9;

  /** Ticks that must have been taken before a jump can be told from a move. */
  static final int JUMP_WARM_TICKS = 100;

  /** A move within this many spreads is never a jump, however quiet the market was. */
  private static final double JUMP_FLOOR_SPREADS = 5;

  private final int jumpPersistTicks;

  TickRules(DataBridgeConfig config) {
    this.jumpPersistTicks = config.jumpPersistTicks();
  }

  /**
   * Reads a tick as sent into {@code slot} and judges what can be judged without knowing its
   * symbol's past.
   */
  @Nullable Reason read(Tick tick, BatchClock clock, TickSlot slot) {
    if (!clock.valid()) {
      return Reason.INVALID_OFFSET;
    }
    if (tick.getSymbol().isEmpty() || tick.getTimeMsc() <= 0) {
      return Reason.MISSING_FIELD;
    }
    slot.timeMsc = clock.utc(tick.getTimeMsc());
    slot.bid = tick.getBid();
    slot.ask = tick.getAsk();
    slot.last = tick.getLast();
    slot.volume = tick.getVolume();
    slot.flags = tick.getFlags() & TickSlot.KNOWN_FLAGS;
    slot.quality = clock.quality();
    Reason values = values(tick, slot);
    if (values != null) {
      return values;
    }
    if (clock.future(slot.timeMsc)) {
      return Reason.FUTURE_TIME;
    }
    if (clock.tooOld(slot.timeMsc)) {
      return Reason.TOO_OLD;
    }
    return slot.ask != 0 && slot.bid > slot.ask ? Reason.CROSSED : null;
  }

  private static @Nullable Reason values(Tick tick, TickSlot slot) {
    if (!Double.isFinite(slot.bid)
        || !Double.isFinite(slot.ask)
        || !Double.isFinite(slot.last)
        || !Double.isFinite(slot.volume)) {
      return Reason.NON_FINITE;
    }
    if (slot.bid < 0 || slot.ask < 0 || slot.last < 0 || zeroIsClaimed(tick, slot)) {
      return Reason.NON_POSITIVE_PRICE;
    }
    if (outOfRange(slot.bid) || outOfRange(slot.ask) || outOfRange(slot.last)) {
      return Reason.PRICE_OUT_OF_RANGE;
    }
    if (slot.volume < 0) {
      return Reason.NEGATIVE_VOLUME;
    }
    return slot.bid == 0 && slot.ask == 0 && slot.last == 0 ? Reason.MISSING_FIELD : null;
  }

  /**
   * MetaTrader fills every field, so a 0 may just mean "none": a currency has no last price, a
   * trade on a market without a book no quote. It is a wrong price when the flags claim the side,
   * when they claim nothing and the other side is quoted, or when the tick holds nothing else.
   */
  private static boolean zeroIsClaimed(Tick tick, TickSlot slot) {
    boolean zeroBid = tick.hasBid() && slot.bid == 0;
    boolean zeroAsk = tick.hasAsk() && slot.ask == 0;
    if (slot.bid == 0 && slot.ask == 0) {
      return slot.last == 0 && (zeroBid || zeroAsk || tick.hasLast());
    }
    return (zeroBid && claimed(slot.flags, TickSlot.BID))
        || (zeroAsk && claimed(slot.flags, TickSlot.ASK));
  }

  private static boolean claimed(int flags, int side) {
    return flags == 0 || (flags & side) != 0;
  }

  private static boolean outOfRange(double price) {
    return price != 0 && (price < MIN_PRICE || price > MAX_PRICE);
  }

  /**
   * Completes a tick that was read, from its symbol's past, and judges it against that. Leaves the
   * state alone.
   */
  @Nullable Reason judge(SymbolCell cell, Symbol symbol, TickSlot slot) {
    SymbolState state = cell.state;
    if (!state.complete(slot, symbol.typicalSpread())) {
      return Reason.MISSING_FIELD;
    }
    if (state.ticks() > 0
        && slot.timeMsc == state.timeMsc()
        && slot.bid == state.bid()
        && slot.ask == state.ask()
        && slot.last == state.last()
        && slot.volume == state.volume()) {
      return Reason.DUPLICATE;
    }
    return jump(cell, symbol, slot);
  }

  private @Nullable Reason jump(SymbolCell cell, Symbol symbol, TickSlot slot) {
    SymbolState state = cell.state;
    // A straggler does not move the state, and one that begins it again has nothing to be measured
    // by.
    boolean aside = (slot.quality & (Quality.OUT_OF_ORDER | Quality.RESTARTED)) != 0;
    if (aside || state.ticks() < JUMP_WARM_TICKS) {
      return null;
    }
    double mid = slot.mid();
    double limit = jumpLimit(state, symbol, slot.timeMsc);
    if (Math.abs(mid - state.mid()) <= limit) {
      cell.jumpTicks = 0;
      return null;
    }
    boolean sameLevel = cell.jumpTicks > 0 && Math.abs(mid - cell.jumpLevel) <= limit;
    cell.jumpTicks = sameLevel ? cell.jumpTicks + 1 : 1;
    cell.jumpLevel = mid;
    if (cell.jumpTicks < jumpPersistTicks) {
      return Reason.PRICE_JUMP;
    }
    cell.jumpTicks = 0;
    slot.quality |= Quality.LEVEL_CHANGE;
    return null;
  }

  /** The largest believable move by {@code timeMsc}, price units. */
  static double jumpLimit(SymbolState state, Symbol symbol, long timeMsc) {
    double seconds = Math.max(1, (timeMsc - state.timeMsc()) / 1_000.0);
    double expected = Math.max(state.tickVolatility(), state.slowVolatility() * Math.sqrt(seconds));
    double spread = Math.max(symbol.typicalSpread(), state.ask() - state.bid());
    return Math.max(symbol.maxJumpSigma() * expected * state.mid(), JUMP_FLOOR_SPREADS * spread);
  }
}
