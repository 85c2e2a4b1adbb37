package io.sub30.budget;

/** How much of a budget was used, as the people who are told see it. */
public enum AlertLevel {
  /** Within 80 % of the budget. */
  NONE("none", 0.0),
  /** 80 % used: the development team investigates. */
  WARNING("warning", 0.8),
  /** All of it used: the on-call engineer is told. */
  CRITICAL("critical", 1.0),
  /** One and a half times the budget: management and the customers concerned are told. */
  SLA_VIOLATION("sla_violation", 1.5);

  private final String label;
  private final double threshold;

  AlertLevel(String label, double threshold) {
    this.label = label;
    this.threshold = threshold;
  }

  public String label() {
    return label;
  }

  /** The level of that use; a share above a threshold reaches the level. */
  public static AlertLevel of(long usedNanos, long budgetNanos) {
    double share = (double) usedNanos / budgetNanos;
    if (share > SLA_VIOLATION.threshold) {
      return SLA_VIOLATION;
    }
    if (share > CRITICAL.threshold) {
      return CRITICAL;
    }
    return share > WARNING.threshold ? WARNING : NONE;
  }
}
