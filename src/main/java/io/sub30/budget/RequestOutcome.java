package io.sub30.budget;

/** How a whole request ended. */
public enum RequestOutcome {
  /** Answered in full and in time. */
  OK("ok"),
  /** Answered, with something less than asked for. */
  DEGRADED("degraded"),
  /** Turned away on purpose, with nothing done: over a limit, or it would not have fitted. */
  REFUSED("refused"),
  /** Broken by a bug, or by a dependency that was gone. */
  FAILED("failed"),
  /** Its time ran out. */
  LATE("late");

  private final String label;

  RequestOutcome(String label) {
    this.label = label;
  }

  /** The name used in metrics. */
  public String label() {
    return label;
  }
}
