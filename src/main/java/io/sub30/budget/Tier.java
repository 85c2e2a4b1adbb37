package io.sub30.budget;

import java.util.Optional;

/**
 * A subscription tier, lowest first. Its total is a promise, so it is configured in {@link Plan}.
 */
public enum Tier {
  FREE("free"),
  PRO("pro"),
  ENTERPRISE("enterprise");

  private static final Tier[] BY_ORDINAL = values();

  private final String label;

  Tier(String label) {
    this.label = label;
  }

  /** The name used in tokens, metrics and configuration. */
  public String label() {
    return label;
  }

  /** The tier of that label; empty when there is none (labels are lower case and exact). */
  public static Optional<Tier> of(String label) {
    for (Tier tier : BY_ORDINAL) {
      if (tier.label.equals(label)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }

  /** The tier of that ordinal, as it travels on the wire. */
  public static Tier ofOrdinal(int ordinal) {
    return BY_ORDINAL[ordinal];
  }
}
