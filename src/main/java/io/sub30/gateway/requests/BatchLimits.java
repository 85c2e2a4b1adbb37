package io.sub30.gateway.requests;

import com.google.protobuf.ProtocolStringList;
import io.sub30.gateway.text.Identifiers;
import io.sub30.gateway.text.Refused;
import io.sub30.v1.TickBatch;
import org.jspecify.annotations.Nullable;

/**
 * What a batch must keep to whatever its encoding. Prices, times and flags are judged tick by tick
 * in the data bridge, where one bad tick does not cost its neighbours; an empty symbol too.
 */
public final class BatchLimits {
  /** Most ticks in one batch. */
  public static final int MAX_TICKS = 10_000;

  /** Furthest a broker's wall-clock may lie from UTC, seconds: no place on earth is a day away. */
  static final int MAX_OFFSET_SECONDS = 86_400;

  /** There are two things to want; more entries than that repeat one. */
  static final int MAX_WANT = 2;

  private BatchLimits() {}

  /** The first thing wrong with a batch; null when nothing is. Allocates only to refuse. */
  static BatchReading.@Nullable Refusal check(TickBatch batch) {
    if (!Identifiers.isTerminal(batch.getTerminal())) {
      return outOfLimits("terminal", batch.getTerminal(), Identifiers.TERMINAL_RULE);
    }
    if (batch.getSequence() < 0) {
      return outOfLimits("sequence", Long.toString(batch.getSequence()), "0 or more, counting up");
    }
    if (Math.abs((long) batch.getServerUtcOffsetS()) > MAX_OFFSET_SECONDS) {
      return outOfLimits(
          "server_utc_offset_s",
          Integer.toString(batch.getServerUtcOffsetS()),
          "TimeTradeServer() - TimeGMT() in seconds, -86400 to 86400");
    }
    BatchReading.Refusal unwanted = checkWant(batch.getWantList());
    if (unwanted != null) {
      return unwanted;
    }
    if (batch.getTicksCount() == 0) {
      return new BatchReading.Refusal(
          BatchFault.EMPTY, "ticks is empty; 1 to " + MAX_TICKS + " are needed");
    }
    if (batch.getTicksCount() > MAX_TICKS) {
      return tooManyTicks();
    }
    return checkSymbols(batch);
  }

  static BatchReading.Refusal tooManyTicks() {
    return new BatchReading.Refusal(
        BatchFault.TOO_MANY_TICKS,
        "ticks has more than " + MAX_TICKS + " entries; split the batch");
  }

  private static BatchReading.@Nullable Refusal checkWant(ProtocolStringList want) {
    if (want.size() > MAX_WANT) {
      return new BatchReading.Refusal(
          BatchFault.OUT_OF_LIMITS,
          "want has " + want.size() + " entries; 'prediction' and 'signal' are all there is");
    }
    for (int i = 0; i < want.size(); i++) {
      String wanted = want.get(i);
      if (!Wanted.isKnown(wanted)) {
        return outOfLimits("want[" + i + "]", wanted, "'prediction' or 'signal'");
      }
    }
    return null;
  }

  private static BatchReading.@Nullable Refusal checkSymbols(TickBatch batch) {
    String last = "";
    for (int i = 0, count = batch.getTicksCount(); i < count; i++) {
      String symbol = batch.getTicks(i).getSymbol();
      // Batches repeat their symbols, and the JSON reader shares the strings.
      if (!symbol.equals(last) && !symbol.isEmpty()) {
        if (!Identifiers.isSymbol(symbol)) {
          return outOfLimits("ticks[" + i + "].symbol", symbol, Identifiers.SYMBOL_RULE);
        }
        last = symbol;
      }
    }
    return null;
  }

  private static BatchReading.Refusal outOfLimits(String where, String value, String rule) {
    return new BatchReading.Refusal(
        BatchFault.OUT_OF_LIMITS, where + " is " + Refused.shown(value) + "; it must be " + rule);
  }
}
