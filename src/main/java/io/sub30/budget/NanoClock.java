package io.sub30.budget;

/**
 * Elapsed time. Values mean nothing by themselves; only differences do, and those may wrap, so
 * compare with {@code a - b < 0}.
 */
@FunctionalInterface
public interface NanoClock {

  /** The JVM's monotonic clock. */
  NanoClock SYSTEM = System::nanoTime;

  /** Nanoseconds from an arbitrary origin that is fixed within this JVM. */
  long nanoTime();
}
