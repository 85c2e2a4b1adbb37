package io.sub30.databridge;

import io.sub30.market.BarWindow;
import io.sub30.market.Bars;
import io.sub30.v1.BarClosed;
import java.util.ArrayList;
import java.util.List;

/** The bars a batch closed, as messages to the models. */
final class ClosedBars {

  private final List<BarClosed> messages = new ArrayList<>();
  private final float[] window = new float[BarWindow.SIZE];

  /**
   * Adds what the batch under way closed of one symbol, oldest first. Of a batch that closed more
   * bars than are kept the oldest are left out; a window is there only when it is full.
   */
  void add(String terminal, SymbolCell cell) {
    int closed = Math.min(cell.closedBars, Bars.available(cell.state));
    for (int back = closed - 1; back >= 0; back--) {
      BarClosed.Builder bar =
          BarClosed.newBuilder()
              .setTerminal(terminal)
              .setSymbol(cell.name)
              .setBarMsc(Bars.openMsc(cell.state, back));
      if (BarWindow.write(cell.state, back, window)) {
        for (float each : window) {
          bar.addWindow(each);
        }
      }
      messages.add(bar.build());
    }
  }

  List<BarClosed> messages() {
    return messages;
  }
}
