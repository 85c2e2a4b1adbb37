package io.sub30.budget;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Closed and recorded ledgers for tests. */
public final class Ledgers {

  /** 2026-01-05T12:00:00Z. */
  public static final long EPOCH_MILLIS = 1_767_614_400_000L;

  /** A line that was not asked. */
  public static final long NOT_ASKED = -1;

  private Ledgers() {}

  /** A closed ledger whose lines spent so many microseconds, a quarter of them waiting. */
  public static Ledger spent(Plan plan, long... micros) {
    Ledger ledger = Ledger.open(plan, 0);
    long total = 0;
    for (int line = 0; line < micros.length; line++) {
      if (micros[line] != NOT_ASKED) {
        long waitNanos = micros[line] / 4 * 1_000;
        ledger.book(line, waitNanos, micros[line] * 1_000 - waitNanos, Outcome.OK);
        total += micros[line];
      }
    }
    ledger.close(total * 1_000);
    return ledger;
  }

  /** The same as it is read again. */
  static RecordedLedger recorded(Tier tier, Ledger ledger) {
    LedgerLayout layout = new LedgerLayout(ledger.plan().size());
    ByteBuffer bytes = ByteBuffer.allocate(layout.bytes());
    layout.putHead(bytes, 0, tier, RequestOutcome.OK, EPOCH_MILLIS);
    layout.putTimes(bytes, 0, ledger);
    return layout.get(bytes, 0);
  }

  /** A file of them, all of one tier and moment. */
  public static Path write(Path file, Tier tier, long epochMillis, List<Ledger> ledgers)
      throws IOException {
    return write(file, new Kind(tier, RequestOutcome.OK), epochMillis, ledgers);
  }

  /** Who asked, and how it ended. */
  public record Kind(Tier tier, RequestOutcome outcome) {}

  /** A file of them, all of one kind and moment. */
  public static Path write(Path file, Kind kind, long epochMillis, List<Ledger> ledgers)
      throws IOException {
    Plan plan = ledgers.get(0).plan();
    LedgerRing ring = new LedgerRing(plan, () -> epochMillis);
    try (LedgerFile out = LedgerFile.create(file, plan)) {
      for (Ledger ledger : ledgers) {
        ring.offer(kind.tier(), ledger, kind.outcome());
        ring.drain(out::append);
      }
    }
    return file;
  }
}
