package io.sub30.budget;

import java.nio.ByteBuffer;

/**
 * Where the parts of one recorded ledger lie, the same in a {@link LedgerRing} and in a {@link
 * LedgerFile}, so that recording copies bytes and nothing else. Big-endian:
 *
 * <pre>
 * tier 1 · outcome 1 · epoch millis 8 · total us 4 · and for each line: wait us 4 · service us 4 · outcome 1
 * </pre>
 *
 * <p>Times are whole microseconds, rounded towards zero as an answer's budget is, so that a
 * recorded ledger and the answer of its request carry the same figures. What an {@code int} cannot
 * hold (35 minutes) is kept at its end.
 */
final class LedgerLayout {

  private static final int OUTCOME = 1;
  private static final int EPOCH = 2;
  private static final int TOTAL = 10;
  private static final int LINES = 14;
  private static final int SERVICE = 4;
  private static final int LINE_OUTCOME = 8;
  private static final int LINE_BYTES = 9;

  private static final RequestOutcome[] OUTCOMES = RequestOutcome.values();
  private static final int LINE_OUTCOMES = Outcome.values().length;

  private final int lines;

  LedgerLayout(int lines) {
    this.lines = lines;
  }

  /** The size of one record. */
  int bytes() {
    return LINES + lines * LINE_BYTES;
  }

  /** Writes who asked, how it ended and when. */
  void putHead(ByteBuffer to, int at, Tier tier, RequestOutcome outcome, long epochMillis) {
    to.put(at, (byte) tier.ordinal());
    to.put(at + OUTCOME, (byte) outcome.ordinal());
    to.putLong(at + EPOCH, epochMillis);
  }

  /** Writes the times of a closed ledger. */
  void putTimes(ByteBuffer to, int at, Ledger ledger) {
    to.putInt(at + TOTAL, micros(ledger.totalNanos()));
    int line = at + LINES;
    for (int i = 0; i < lines; i++) {
      to.putInt(line, micros(ledger.waitNanos(i)));
      to.putInt(line + SERVICE, micros(ledger.serviceNanos(i)));
      to.put(line + LINE_OUTCOME, (byte) ledger.outcome(i).ordinal());
      line += LINE_BYTES;
    }
  }

  /**
   * Whether what lies there can be a record. A disk that lost its power may have kept the length of
   * a file and not its end; what it gives back then is zeros, and no ledger is from 1970.
   */
  boolean isRecord(ByteBuffer from, int at) {
    boolean good =
        within(from.get(at), Tier.values().length)
            && within(from.get(at + OUTCOME), OUTCOMES.length)
            && from.getLong(at + EPOCH) > 0;
    for (int i = 0; good && i < lines; i++) {
      good = within(from.get(at + LINES + i * LINE_BYTES + LINE_OUTCOME), LINE_OUTCOMES);
    }
    return good;
  }

  /** The record that lies there, copied. */
  RecordedLedger get(ByteBuffer from, int at) {
    int[] waitMicros = new int[lines];
    int[] serviceMicros = new int[lines];
    byte[] outcomes = new byte[lines];
    for (int i = 0; i < lines; i++) {
      int line = at + LINES + i * LINE_BYTES;
      waitMicros[i] = from.getInt(line);
      serviceMicros[i] = from.getInt(line + SERVICE);
      outcomes[i] = from.get(line + LINE_OUTCOME);
    }
    return new RecordedLedger(
        new RecordedLedger.Head(
            Tier.ofOrdinal(from.get(at)),
            OUTCOMES[from.get(at + OUTCOME)],
            from.getLong(at + EPOCH),
            from.getInt(at + TOTAL)),
        waitMicros,
        serviceMicros,
        outcomes);
  }

  private static boolean within(byte ordinal, int count) {
    return ordinal >= 0 && ordinal < count;
  }

  private static int micros(long nanos) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, nanos / 1_000));
  }
}
