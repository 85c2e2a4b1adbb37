package io.sub30.budget;

/** How a hop of one request ended. */
public enum Outcome {
  /** The hop was not asked. */
  SKIPPED("skipped"),
  /** It answered in time. */
  OK("ok"),
  /** Its answer was something less than asked for, on purpose. */
  DEGRADED("degraded"),
  /** It did not answer in the time it had. */
  LATE("late"),
  /** It refused or broke. */
  FAILED("failed");

  private static final Outcome[] BY_ORDINAL = values();
  private final String label;

  Outcome(String label) {
    this.label = label;
  }

  /** The name used in answers and metrics. */
  public String label() {
    return label;
  }

  static Outcome ofOrdinal(int ordinal) {
    return BY_ORDINAL[ordinal];
  }
}
