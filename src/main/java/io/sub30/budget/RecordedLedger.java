package io.sub30.budget;

/** A closed ledger as it was recorded: whole microseconds, line by line. Immutable. */
public final class RecordedLedger {

  /**
   * What is known of the whole request.
   *
   * @param epochMillis when its ledger was recorded
   * @param totalMicros from its first byte to the start of serialization
   */
  record Head(Tier tier, RequestOutcome outcome, long epochMillis, int totalMicros) {}

  private final Head head;
  private final int[] waitMicros;
  private final int[] serviceMicros;
  private final byte[] outcomes;

  RecordedLedger(Head head, int[] waitMicros, int[] serviceMicros, byte[] outcomes) {
    this.head = head;
    this.waitMicros = waitMicros;
    this.serviceMicros = serviceMicros;
    this.outcomes = outcomes;
  }

  public Tier tier() {
    return head.tier();
  }

  /** How the whole request ended. */
  public RequestOutcome outcome() {
    return head.outcome();
  }

  /** Whether the request got what it asked for, or at least a part of it. */
  public boolean answered() {
    return outcome() == RequestOutcome.OK || outcome() == RequestOutcome.DEGRADED;
  }

  /** When it was recorded, in milliseconds since 1970-01-01T00:00:00Z. */
  public long epochMillis() {
    return head.epochMillis();
  }

  /** From the first byte to the start of serialization. */
  public int totalMicros() {
    return head.totalMicros();
  }

  /** How many lines it has. */
  public int lines() {
    return outcomes.length;
  }

  public int waitMicros(int line) {
    return waitMicros[line];
  }

  public int serviceMicros(int line) {
    return serviceMicros[line];
  }

  /** Waiting and service of {@code line} together. */
  public long spentMicros(int line) {
    return (long) waitMicros[line] + serviceMicros[line];
  }

  public Outcome outcome(int line) {
    return Outcome.ofOrdinal(outcomes[line]);
  }
}
