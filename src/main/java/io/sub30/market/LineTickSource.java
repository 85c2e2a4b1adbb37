package io.sub30.market;

import java.io.IOException;

/** Ticks of a text file, row by row. */
final class LineTickSource implements TickSource {

  private final Lines lines;
  private final Rows rows;
  private final String symbol;
  private final long bytesTotal;
  private final TickSlot tick = new TickSlot();
  private boolean started;

  LineTickSource(Lines lines, Rows rows, String symbol, long bytesTotal) {
    this.lines = lines;
    this.rows = rows;
    this.symbol = symbol;
    this.bytesTotal = bytesTotal;
  }

  @Override
  public boolean next() throws IOException {
    tick.clear();
    if (started && rows.more(tick)) {
      return true;
    }
    while (lines.next()) {
      started = true;
      if (rows.read(lines, tick)) {
        return true;
      }
    }
    started = false;
    return false;
  }

  @Override
  public TickSlot tick() {
    return tick;
  }

  @Override
  public String symbol() {
    return symbol;
  }

  @Override
  public long bytesRead() {
    return lines.bytesRead();
  }

  @Override
  public long bytesTotal() {
    return bytesTotal;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
