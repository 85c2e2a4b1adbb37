package io.sub30.config;

/** How the delays of an injected fault are spread. Immutable. */
public enum DelayDistribution {
  /** Every delay is the given one. */
  FIXED("fixed") {
    @Override
    public long delayNanos(long givenNanos, double uniform) {
      return givenNanos;
    }
  },
  /** From none to the given one, each as likely. */
  UNIFORM("uniform") {
    @Override
    public long delayNanos(long givenNanos, double uniform) {
      return (long) (givenNanos * uniform);
    }
  },
  /** The given one is the mean, as of a queue; ten times the mean at most. */
  EXPONENTIAL("exponential") {
    @Override
    public long delayNanos(long givenNanos, double uniform) {
      // StrictMath, so that a seed gives the same delays on every machine.
      double means = Math.min(MOST_MEANS, -StrictMath.log1p(-uniform));
      return (long) (givenNanos * means);
    }
  };

  /** Without a bound one delay in 22,000 would be longer; the mean is 0.005 % less with it. */
  private static final double MOST_MEANS = 10;

  private final String label;

  DelayDistribution(String label) {
    this.label = label;
  }

  /**
   * One delay.
   *
   * @param givenNanos what was configured, 0 or more
   * @param uniform a random number from 0 inclusive to 1 exclusive
   */
  public abstract long delayNanos(long givenNanos, double uniform);

  /** How it is written in a configuration. */
  public String label() {
    return label;
  }
}
