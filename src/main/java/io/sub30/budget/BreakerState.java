package io.sub30.budget;

import java.util.Locale;

/** Whether calls to a dependency are let through. */
public enum BreakerState {
  /** They are. */
  CLOSED,
  /** They are not; the breaker itself tries the dependency. */
  HALF_OPEN,
  /** They are not; the next try comes after the reset time. */
  OPEN;

  /** As health and metrics spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
