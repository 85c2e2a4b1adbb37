package io.sub30.budget;

/** What is measured of a hop. */
public enum Measure {
  /** In queues and crossings, both ways. */
  WAIT("wait"),
  /** Working. */
  SERVICE("service"),
  /** Both together: what counts against the budget. */
  SPENT("spent");

  private final String label;

  Measure(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
