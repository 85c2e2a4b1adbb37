package io.sub30.database.columnar;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.v1.TickColumns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns intake rows into a block. A row whose bytes do not decode, or whose columns do not fit each
 * other, is set aside with its reason instead of stopping everything behind it: decoding it again
 * would fail again.
 */
final class BlockDecoder {

  private BlockDecoder() {}

  /**
   * Decodes a page. Called on a worker thread.
   *
   * @param rows not empty, in intake order
   */
  static Block decode(String source, Watermark after, List<IntakeRow> rows) {
    List<Block.Batch> batches = new ArrayList<>(rows.size());
    List<Block.Poison> poison = new ArrayList<>();
    for (IntakeRow row : rows) {
      String reason;
      try {
        TickColumns ticks = TickColumns.parseFrom(row.ticks().getBytes());
        reason = misfit(ticks, row.tickCount());
        if (reason == null) {
          batches.add(
              new Block.Batch(
                  row.tenant(),
                  row.terminal(),
                  row.sequence(),
                  row.ordinal(),
                  row.receivedMsc(),
                  ticks));
          continue;
        }
      } catch (InvalidProtocolBufferException e) {
        reason = "undecodable ticks: " + e.getMessage();
      }
      poison.add(
          new Block.Poison(row.position(), row.tenant(), row.terminal(), row.sequence(), reason));
    }
    return new Block(source, after, rows.get(rows.size() - 1).position(), batches, poison);
  }

  /** Why the columns cannot be rows, or null when they can. */
  private static @Nullable String misfit(TickColumns ticks, int tickCount) {
    int count = ticks.getTimeMscCount();
    if (count != tickCount) {
      return "the row claims " + tickCount + " ticks, its columns hold " + count;
    }
    String column = firstUnequal(ticks, count);
    if (column != null) {
      return "column " + column + " is not as long as time_msc, " + count;
    }
    for (int i = 0; i < count; i++) {
      int symbol = ticks.getSymbol(i);
      if (symbol < 0 || symbol >= ticks.getSymbolsCount()) {
        return "tick " + i + " points at symbol " + symbol + " of " + ticks.getSymbolsCount();
      }
    }
    return null;
  }

  private static @Nullable String firstUnequal(TickColumns ticks, int count) {
    if (ticks.getSymbolCount() != count) {
      return "symbol";
    }
    if (ticks.getIndexCount() != count) {
      return "index";
    }
    if (ticks.getBidCount() != count) {
      return "bid";
    }
    if (ticks.getAskCount() != count) {
      return "ask";
    }
    if (ticks.getLastCount() != count) {
      return "last";
    }
    if (ticks.getVolumeCount() != count) {
      return "volume";
    }
    if (ticks.getFlagsCount() != count) {
      return "flags";
    }
    return ticks.getQualityCount() == count ? null : "quality";
  }
}
