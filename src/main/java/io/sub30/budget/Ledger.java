package io.sub30.budget;

import java.util.Arrays;

/**
 * Where one request's time went: for every line of the plan the time spent waiting (queues,
 * crossings, both ways) and the time spent being served, in nanoseconds.
 *
 * <p>A hop is stamped in four steps: {@link #departed} when it is asked, {@link #arrived} when it
 * starts, {@link #replied} when it has answered, {@link #returned} when the answer is back. A hop
 * may be asked several times; its times add up. Once {@link #close}d a ledger takes no more stamps,
 * so a late reply cannot change what was reported.
 *
 * <p>Mutable and not thread-safe: it belongs to whoever holds the request, and is handed over with
 * the message that carries it.
 */
public final class Ledger {

  /** Nothing is being asked. */
  public static final int NO_LINE = -1;

  private static final int WAIT = 0;
  private static final int SERVICE = 1;
  private static final int MARK = 2;
  private static final int FIELDS = 3;

  /** Where the id stands in a {@code traceparent}. */
  private static final int TRACE_ID = 3;

  private static final int TRACE_ID_END = 35;

  private final Plan plan;
  private final long startNanos;
  private final long[] cells; // by line: wait, service, the last stamp
  private final byte[] outcomes; // by line
  private long endNanos;
  private final boolean detached;
  private String traceparent = "";
  private int openLine = NO_LINE;
  private long departedNanos;
  private volatile boolean
      closed; // a hop may still be stamping on its loop when the request is given up on another

  private Ledger(Plan plan, long startNanos, boolean closed) {
    this.plan = plan;
    this.startNanos = startNanos;
    this.endNanos = startNanos;
    this.cells = new long[plan.size() * FIELDS];
    this.outcomes = new byte[plan.size()];
    this.closed = closed;
    this.detached = closed;
  }

  /** Opens a ledger for a request whose first byte was seen at {@code startNanos}. */
  public static Ledger open(Plan plan, long startNanos) {
    return new Ledger(plan, startNanos, false);
  }

  /** A ledger that takes no stamps: for messages that belong to no request. May be shared. */
  public static Ledger detached(Plan plan) {
    return new Ledger(plan, 0, true);
  }

  /**
   * Says which trace the request belongs to.
   *
   * @param header a {@code traceparent} of W3C Trace Context, version 00; empty: none
   */
  public Ledger traced(String header) {
    if (!header.isEmpty() && header.length() < TRACE_ID_END) {
      throw new IllegalArgumentException("no traceparent: '" + header + "'");
    }
    traceparent = header;
    return this;
  }

  /** What {@link #traced} was told; empty when nothing was. */
  public String traceparent() {
    return traceparent;
  }

  /** The trace's id in it, 32 hexadecimal digits; empty when there is none. */
  public String traceId() {
    return traceparent.isEmpty() ? "" : traceparent.substring(TRACE_ID, TRACE_ID_END);
  }

  /** Stamps that {@code line} is being asked. */
  public void departed(int line, long nowNanos) {
    if (detached) {
      return;
    }
    openLine = line;
    departedNanos = nowNanos;
    if (!closed) {
      cells[line * FIELDS + MARK] = nowNanos;
    }
  }

  /** Stamps that {@code line} starts to work; since {@link #departed} it was waiting. */
  public void arrived(int line, long nowNanos) {
    advance(line, WAIT, nowNanos);
  }

  /** Stamps that {@code line} has answered; since {@link #arrived} it was served. */
  public void replied(int line, long nowNanos) {
    advance(line, SERVICE, nowNanos);
  }

  /** Stamps that the answer of {@code line} is back; since {@link #replied} it was waiting. */
  public void returned(int line, long nowNanos, Outcome outcome) {
    openLine = NO_LINE;
    advance(line, WAIT, nowNanos);
    conclude(line, outcome);
  }

  /**
   * As {@link #returned} when the answer came from another JVM: takes over the times stamped there,
   * and books what is left since {@link #departed} as waiting (the transit, both ways).
   *
   * @throws IllegalArgumentException when {@code wire} is not from a ledger of the same plan
   */
  public void returnedFromWire(int line, long nowNanos, long[] wire, Outcome outcome) {
    openLine = NO_LINE;
    if (closed) {
      return;
    }
    long before = spentNanos(line);
    long elapsed = nowNanos - cells[line * FIELDS + MARK];
    absorb(wire);
    long stampedThere = spentNanos(line) - before;
    cells[line * FIELDS + WAIT] += Math.max(0, elapsed - stampedThere);
    conclude(line, outcome);
  }

  /** Books time that was not stamped: measured elsewhere, or the caller's own. */
  public void book(int line, long waitNanos, long serviceNanos, Outcome outcome) {
    if (!closed) {
      cells[line * FIELDS + WAIT] += waitNanos;
      cells[line * FIELDS + SERVICE] += serviceNanos;
      conclude(line, outcome);
    }
  }

  /**
   * Takes the time of the hops that {@code line} asked out of its own. It is part of the line's
   * service; of a line that was given up on, which has no stamp of its end, part of its wait.
   */
  public void deduct(int line, long nestedNanos) {
    if (closed) {
      return;
    }
    int at = line * FIELDS;
    cells[at + SERVICE] -= nestedNanos;
    if (cells[at + SERVICE] < 0) {
      cells[at + WAIT] += cells[at + SERVICE];
      cells[at + SERVICE] = 0;
    }
  }

  /** Says how {@code line} ended; the worst of several answers stays. */
  public void conclude(int line, Outcome outcome) {
    if (!closed && outcome.ordinal() > outcomes[line]) {
      outcomes[line] = (byte) outcome.ordinal();
    }
  }

  /** Ends the ledger: later stamps are ignored. A hop that was still being waited for is late. */
  public void close(long nowNanos) {
    if (closed) {
      return;
    }
    for (int line = 0; line < outcomes.length; line++) {
      if (outcomes[line] == 0 && spentNanos(line) != 0) {
        outcomes[line] = (byte) Outcome.LATE.ordinal();
      }
    }
    closed = true;
    endNanos = nowNanos;
  }

  /**
   * The hop that is being asked, also once the ledger is closed, since a hop may hang longer than
   * its request lives; {@link #NO_LINE} when none is.
   */
  public int openLine() {
    return openLine;
  }

  /** When {@link #openLine} was asked. */
  public long departedNanos() {
    return departedNanos;
  }

  /** The last stamp of {@code line}: of a hop that is being served, when it started to work. */
  public long stampNanos(int line) {
    return cells[line * FIELDS + MARK];
  }

  /** Whether it belongs to no request and takes no stamps. */
  public boolean isDetached() {
    return detached;
  }

  public boolean isClosed() {
    return closed;
  }

  public Plan plan() {
    return plan;
  }

  /** When the request started, on the clock of this JVM. */
  public long startNanos() {
    return startNanos;
  }

  public long waitNanos(int line) {
    return cells[line * FIELDS + WAIT];
  }

  public long serviceNanos(int line) {
    return cells[line * FIELDS + SERVICE];
  }

  /** Waiting and service of {@code line} together. */
  public long spentNanos(int line) {
    return waitNanos(line) + serviceNanos(line);
  }

  public Outcome outcome(int line) {
    return Outcome.ofOrdinal(outcomes[line]);
  }

  /** From the start to {@link #close}, in nanoseconds; 0 before it is closed. */
  public long totalNanos() {
    return endNanos - startNanos;
  }

  /** The part of {@link #totalNanos} that no line accounts for. */
  public long unattributedNanos() {
    long sum = 0;
    for (int line = 0; line < outcomes.length; line++) {
      sum += spentNanos(line);
    }
    return totalNanos() - sum;
  }

  /** What travels to another JVM: wait, service and outcome of every line. */
  public long[] toWire() {
    long[] wire = new long[outcomes.length * FIELDS];
    for (int line = 0; line < outcomes.length; line++) {
      wire[line * FIELDS] = waitNanos(line);
      wire[line * FIELDS + 1] = serviceNanos(line);
      wire[line * FIELDS + 2] = outcomes[line];
    }
    return wire;
  }

  /**
   * Replaces the times of every line by those that came back from another JVM.
   *
   * @throws IllegalArgumentException when {@code wire} is not from a ledger of the same plan
   */
  public void absorb(long[] wire) {
    if (wire.length != outcomes.length * FIELDS) {
      throw new IllegalArgumentException(
          "a ledger of " + outcomes.length + " lines cannot absorb " + wire.length + " values");
    }
    if (closed) {
      return;
    }
    for (int line = 0; line < outcomes.length; line++) {
      long outcome = wire[line * FIELDS + 2];
      if (outcome < 0 || outcome >= Outcome.values().length) {
        throw new IllegalArgumentException("no outcome has the number " + outcome);
      }
      cells[line * FIELDS + WAIT] = wire[line * FIELDS];
      cells[line * FIELDS + SERVICE] = wire[line * FIELDS + 1];
      outcomes[line] = (byte) outcome;
    }
  }

  private void advance(int line, int field, long nowNanos) {
    if (closed) {
      return;
    }
    int at = line * FIELDS;
    cells[at + field] += nowNanos - cells[at + MARK];
    cells[at + MARK] = nowNanos;
  }

  @Override
  public String toString() {
    return "ledger " + Arrays.toString(toWire());
  }
}
