package io.sub30.budget;

/** Wall-clock time. It may jump: use it for what is stored or shown, never for a deadline. */
@FunctionalInterface
public interface EpochClock {

  /** The machine's clock. */
  EpochClock SYSTEM = System::currentTimeMillis;

  /** Milliseconds since 1970-01-01T00:00:00Z. */
  long epochMillis();
}
