package io.sub30.databridge;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.SymbolsTest;
import io.sub30.market.SyntheticTicks;
import io.sub30.v1.EnrichRequest;
import io.sub30.v1.Enrichment;
import io.sub30.v1.Settlement;
import io.sub30.v1.Tick;
import java.util.ArrayList;

/** Enriches and commits one batch after the other, for the benchmark. */
public final class EnrichLoop {

  private final CellState cell =
      new CellState(SymbolsTest.shipped(), DataBridgeConfig.defaults(), new UndoPool());
  private final SyntheticTicks source = new SyntheticTicks(42);
  private final int ticks;
  private long ordinal;
  private EnrichRequest request = EnrichRequest.getDefaultInstance();

  public EnrichLoop(int ticks) {
    this.ticks = ticks;
  }

  /** Makes the next request; not part of what is measured. */
  public void prepare() {
    var all = new ArrayList<Tick>();
    for (int i = 0; i < ticks; i++) {
      all.add(Requests.tick("EURUSD.m", source.quote()));
    }
    // Live: a batch whose ticks were all refused as future would be quick and prove nothing.
    long arrival = all.get(ticks - 1).getTimeMsc();
    request = Requests.request(++ordinal, all).toBuilder().setReceivedMsc(arrival).build();
  }

  /** Takes the prepared request through to its commit. */
  public Enrichment run() {
    Enrichment result = cell.enrich(request);
    if (result.getRejectedCount() * 10 > ticks) {
      throw new IllegalStateException(
          result.getRejectedCount() + " of " + ticks + " ticks were rejected");
    }
    cell.settle(ordinal, Settlement.COMMITTED);
    return result;
  }
}
