package io.sub30.budget;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The closed ledgers of one loop on their way to a file: a ring of {@value #RECORDS} records, with
 * one thread that offers and one that drains.
 *
 * <p>Neither waits for the other. A record that finds the ring full is dropped and counted, since a
 * measurement is worth less than the request that is being measured. Offering writes into memory
 * that was allocated beforehand: no allocation, no lock, one store that other processors see.
 */
public final class LedgerRing {

  /** A second's worth at 4,096 requests a second on one loop. */
  public static final int RECORDS = 4_096;

  /** Takes what is drained. */
  @FunctionalInterface
  public interface Sink {

    /**
     * Takes one or more whole records; what it does not take by throwing stays in the ring.
     *
     * @param records valid until this returns
     */
    void append(ByteBuffer records) throws IOException;
  }

  private final LedgerLayout layout;
  private final EpochClock clock;
  private final ByteBuffer slots;
  private final int recordBytes;
  private final AtomicLong written = new AtomicLong(); // by the loop
  private final AtomicLong drained = new AtomicLong(); // by the other thread
  private final AtomicLong dropped = new AtomicLong(); // by the loop
  private long drainedSeen; // what the loop last saw of it: it looks again only when that is full

  /**
   * @param clock says when a ledger was recorded
   */
  public LedgerRing(Plan plan, EpochClock clock) {
    this.layout = new LedgerLayout(plan.size());
    this.clock = clock;
    this.recordBytes = layout.bytes();
    this.slots = ByteBuffer.allocateDirect(RECORDS * recordBytes);
  }

  /**
   * Records a closed ledger of the ring's plan. On the loop only.
   *
   * @return false when the ring was full, and the record was dropped
   */
  public boolean offer(Tier tier, Ledger ledger, RequestOutcome outcome) {
    long next = written.getPlain();
    if (next - drainedSeen == RECORDS) {
      drainedSeen = drained.getAcquire();
      if (next - drainedSeen == RECORDS) {
        dropped.setRelease(dropped.getPlain() + 1);
        return false;
      }
    }
    int at = slot(next) * recordBytes;
    layout.putHead(slots, at, tier, outcome, clock.epochMillis());
    layout.putTimes(slots, at, ledger);
    written.setRelease(next + 1); // the bytes above are seen by whoever sees this
    return true;
  }

  /**
   * Hands over everything that was offered before the call. On the draining thread only.
   *
   * @return how many records that were
   * @throws IOException of the sink; what it has not taken is drained by the next call
   */
  public int drain(Sink sink) throws IOException {
    long from = drained.getPlain();
    long to = written.getAcquire();
    int count = (int) (to - from);
    while (from < to) {
      int first = slot(from);
      int whole = (int) Math.min(to - from, RECORDS - first); // up to the end, then once around
      sink.append(slots.slice(first * recordBytes, whole * recordBytes).asReadOnlyBuffer());
      from += whole;
      drained.setRelease(from); // from here on the loop may overwrite them
    }
    return count;
  }

  /** How many records found the ring full. From any thread. */
  public long dropped() {
    return dropped.getAcquire();
  }

  private static int slot(long sequence) {
    return (int) (sequence & (RECORDS - 1));
  }
}
