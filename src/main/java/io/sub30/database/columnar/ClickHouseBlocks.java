package io.sub30.database.columnar;

import io.sub30.v1.TickColumns;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends a block to ClickHouse, table by table, in inserts of at most {@value #MOST_ROWS} rows; a
 * batch is never split over two of them unless it is larger. Each insert is one part a partition,
 * there whole or not at all.
 */
final class ClickHouseBlocks {

  static final int MOST_ROWS = 65_536;

  private static final String TICKS =
      "INSERT INTO ticks (tenant, terminal, symbol, time_msc, sequence, idx, bid, ask, last,"
          + " volume, flags, quality, received_msc) FORMAT RowBinary";

  private static final String BARS =
      "INSERT INTO bars (tenant, terminal, symbol, open_msc, sequence, open, high, low, close,"
          + " ticks, first_msc, first_idx, last_msc, last_idx, received_msc) FORMAT RowBinary";

  private static final String BATCHES =
      "INSERT INTO batches (tenant, terminal, sequence, ordinal, ticks, received_msc)"
          + " FORMAT RowBinary";

  private static final String POISON =
      "INSERT INTO relay_poison (source, xid, id, tenant, terminal, sequence, reason)"
          + " FORMAT RowBinary";

  private static final String WATERMARK =
      "INSERT INTO relay_watermark (source, xid, id) FORMAT RowBinary";

  private final ClickHouseHttp http;
  private final String settings;

  /**
   * @param settings sent with every insert
   */
  ClickHouseBlocks(ClickHouseHttp http, String settings) {
    this.http = http;
    this.settings = settings;
  }

  /** Rows of one table, sent whenever there are enough. */
  private final class Rows {
    private final String statement;
    private RowBinary rows = new RowBinary();

    Rows(String statement) {
      this.statement = statement;
    }

    /** Where the next row goes. */
    RowBinary next() {
      if (rows.rows() >= MOST_ROWS) {
        send();
      }
      return rows;
    }

    void send() {
      if (rows.rows() > 0) {
        http.insert(statement, rows.finish(), settings);
        rows = new RowBinary();
      }
    }
  }

  /** Sends everything but the watermark, then the watermark. */
  void send(Block block) {
    ticks(block.batches());
    bars(block.batches());
    batches(block.batches());
    poison(block);
    Rows rows = new Rows(WATERMARK);
    rows.next()
        .text(utf8(block.source()))
        .int64(block.upTo().xid())
        .int64(block.upTo().id())
        .endRow();
    rows.send();
  }

  private void ticks(List<Block.Batch> batches) {
    Rows rows = new Rows(TICKS);
    for (Block.Batch batch : batches) {
      TickColumns ticks = batch.ticks();
      byte[] tenant = utf8(batch.tenant());
      byte[] terminal = utf8(batch.terminal());
      List<byte[]> symbols = new ArrayList<>(ticks.getSymbolsCount());
      ticks.getSymbolsList().forEach(symbol -> symbols.add(utf8(symbol)));
      for (int i = 0; i < ticks.getTimeMscCount(); i++) {
        rows.next()
            .text(tenant)
            .text(terminal)
            .text(symbols.get(ticks.getSymbol(i)))
            .int64(ticks.getTimeMsc(i))
            .int64(batch.sequence())
            .int32(ticks.getIndex(i))
            .float64(ticks.getBid(i))
            .float64(ticks.getAsk(i))
            .float64(ticks.getLast(i))
            .float64(ticks.getVolume(i))
            .int32(ticks.getFlags(i))
            .int32(ticks.getQuality(i))
            .int64(batch.receivedMsc())
            .endRow();
      }
    }
    rows.send();
  }

  private void bars(List<Block.Batch> batches) {
    Rows rows = new Rows(BARS);
    for (Block.Batch batch : batches) {
      byte[] tenant = utf8(batch.tenant());
      byte[] terminal = utf8(batch.terminal());
      for (BlockBars.Part part : BlockBars.of(batch)) {
        rows.next()
            .text(tenant)
            .text(terminal)
            .text(utf8(part.key.symbol()))
            .int64(part.key.openMsc())
            .int64(batch.sequence())
            .float64(part.open)
            .float64(part.high)
            .float64(part.low)
            .float64(part.close)
            .int64(part.ticks)
            .int64(part.firstMsc)
            .int32(part.firstIndex)
            .int64(part.lastMsc)
            .int32(part.lastIndex)
            .int64(batch.receivedMsc())
            .endRow();
      }
    }
    rows.send();
  }

  private void batches(List<Block.Batch> batches) {
    Rows rows = new Rows(BATCHES);
    for (Block.Batch batch : batches) {
      rows.next()
          .text(utf8(batch.tenant()))
          .text(utf8(batch.terminal()))
          .int64(batch.sequence())
          .int64(batch.ordinal())
          .int32(batch.ticks().getTimeMscCount())
          .int64(batch.receivedMsc())
          .endRow();
    }
    rows.send();
  }

  private void poison(Block block) {
    Rows rows = new Rows(POISON);
    for (Block.Poison poison : block.poison()) {
      rows.next()
          .text(utf8(block.source()))
          .int64(poison.position().xid())
          .int64(poison.position().id())
          .text(utf8(poison.tenant()))
          .text(utf8(poison.terminal()))
          .int64(poison.sequence())
          .text(utf8(poison.reason()))
          .endRow();
    }
    rows.send();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
