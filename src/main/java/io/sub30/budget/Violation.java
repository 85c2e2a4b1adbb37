package io.sub30.budget;

/**
 * One overrun: a hop (or the whole request, named {@code total}) took more than it was given.
 *
 * @param requestId of the request
 * @param traceId of the trace it belongs to; empty when it is not known
 * @param component the budget line, or {@code total}
 * @param tier of the request
 * @param budgetNanos what was allotted, scaled to the tier
 * @param actualNanos what was spent
 */
public record Violation(
    String requestId,
    String traceId,
    String component,
    Tier tier,
    long budgetNanos,
    long actualNanos) {

  /** The component of a violation by the whole request. */
  public static final String TOTAL = "total";

  /** By how much the budget was overrun, in nanoseconds. */
  public long overageNanos() {
    return actualNanos - budgetNanos;
  }

  public AlertLevel level() {
    return AlertLevel.of(actualNanos, budgetNanos);
  }
}
