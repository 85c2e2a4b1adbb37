package io.sub30.budget;

import java.util.Objects;

/**
 * The moment by which a request must be answered: absolute within this JVM, on the monotonic clock.
 * Immutable.
 *
 * <p>On the wire only the remaining time travels; see {@link #after(long, NanoClock)}. Offsets are
 * clamped to ±100 years, so that the difference of two deadlines never overflows whatever the
 * clock's origin is (as gRPC's Deadline does).
 */
public final class Deadline {

  private static final long MAX_OFFSET_NANOS = 100L * 365 * 24 * 3600 * 1_000_000_000L;

  private final NanoClock clock;
  private final long atNanos;

  private Deadline(NanoClock clock, long atNanos) {
    this.clock = Objects.requireNonNull(clock);
    this.atNanos = atNanos;
  }

  /** A deadline that many nanoseconds from now; negative means already past. */
  public static Deadline after(long nanos, NanoClock clock) {
    return at(clock.nanoTime(), nanos, clock);
  }

  /** A deadline that many nanoseconds after {@code startNanos}, a reading of the same clock. */
  public static Deadline at(long startNanos, long nanos, NanoClock clock) {
    long offset = Math.max(-MAX_OFFSET_NANOS, Math.min(MAX_OFFSET_NANOS, nanos));
    return new Deadline(clock, startNanos + offset);
  }

  /** Nanoseconds left; zero or negative when the time is up. Reads the clock. */
  public long remainingNanos() {
    return remainingNanos(clock.nanoTime());
  }

  /** Nanoseconds left at {@code nowNanos}, a reading of the same clock. */
  public long remainingNanos(long nowNanos) {
    return atNanos - nowNanos;
  }

  /** Whether the time is up. Reads the clock. */
  public boolean isExpired() {
    return remainingNanos() <= 0;
  }

  /**
   * The earlier of this deadline and {@code nanos} from {@code startNanos}: a request may ask for
   * less time, never for more.
   */
  public Deadline shortenedTo(long startNanos, long nanos) {
    Deadline other = at(startNanos, nanos, clock);
    return other.atNanos - atNanos < 0 ? other : this;
  }

  /** The clock the deadline is measured on. */
  public NanoClock clock() {
    return clock;
  }

  @Override
  public String toString() {
    return remainingNanos() / 1_000 + " us left";
  }
}
