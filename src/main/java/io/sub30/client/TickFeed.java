package io.sub30.client;

import io.sub30.v1.Tick;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts ticks into batches, every batch once for each terminal: the terminals replay the same market
 * side by side, so batch k of the run belongs to terminal k mod n. With looping, the last batch of
 * a pass may be short; the next pass begins a new one.
 */
final class TickFeed implements BatchFeed {
  private final TickSupply supply;
  private final List<String> terminals;
  private final BatchEncoder encoder;
  private final ReplayPlan plan;
  private final PassShift shift = new PassShift();
  private final List<Tick> ticks = new ArrayList<>();

  private TickSupply.@Nullable Ticks reading;
  private byte[] encodedTicks = {};
  private long marketMillis;
  private long sequence;
  private int terminal;
  private boolean passIsEmpty = true;
  private boolean ended;

  TickFeed(ReplayPlan plan, List<String> terminals) {
    this.plan = plan;
    this.supply = plan.ticks();
    this.terminals = terminals;
    this.encoder = BatchEncoder.of(plan.encoding());
    this.terminal = terminals.size();
  }

  @Override
  public @Nullable PreparedBatch next() throws IOException {
    if (terminal == terminals.size()) {
      if (ended || !readBatch()) {
        ended = true;
        return null;
      }
      terminal = 0;
      sequence++;
    }
    long index = (sequence - 1) * terminals.size() + terminal;
    PreparedBatch batch =
        new PreparedBatch(
            terminal,
            sequence,
            encoder.join(terminals.get(terminal), sequence, encodedTicks),
            plan.pace().dueNanos(index, marketMillis));
    terminal++;
    return batch;
  }

  private boolean readBatch() throws IOException {
    ticks.clear();
    while (ticks.isEmpty()) {
      if (reading == null) {
        reading = supply.open();
        passIsEmpty = true;
      }
      readTicks(reading);
      if (ticks.isEmpty() && !beginNextPass()) {
        return false;
      }
    }
    Tick last = ticks.get(ticks.size() - 1);
    marketMillis = Math.max(marketMillis, shift.sinceStartMillis(last.getTimeMsc()));
    encodedTicks = encoder.encodeTicks(ticks);
    return true;
  }

  private void readTicks(TickSupply.Ticks from) throws IOException {
    while (ticks.size() < plan.batch()) {
      Tick tick = from.next();
      if (tick == null) {
        return;
      }
      passIsEmpty = false;
      ticks.add(tick.toBuilder().setTimeMsc(shift.apply(tick.getTimeMsc())).build());
    }
  }

  private boolean beginNextPass() throws IOException {
    close();
    // A supply without ticks would loop for ever without ever sending.
    if (!plan.loop() || passIsEmpty) {
      return false;
    }
    shift.nextPass();
    return true;
  }

  @Override
  public void close() throws IOException {
    if (reading != null) {
      reading.close();
      reading = null;
    }
  }
}
