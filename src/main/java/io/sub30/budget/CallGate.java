package io.sub30.budget;

/**
 * Decides whether a call may be made, from what became of earlier ones. For calls that are made on
 * the spot; belongs to one thread.
 */
public interface CallGate extends AutoCloseable {

  /** Whether a call may be made now; if it is, {@link #record} is to be told how it went. */
  boolean permits();

  /** Notes a call that was permitted. */
  void record(long nanos, boolean failed);

  /** Tries the dependency no more. */
  @Override
  void close();
}
