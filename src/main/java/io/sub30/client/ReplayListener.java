package io.sub30.client;

/**
 * Follows a replay. Called on the replay's event loop: must not block, and its time is part of the
 * measured latencies.
 */
public interface ReplayListener {
  /** Hears nothing. */
  ReplayListener NONE = new ReplayListener() {};

  /**
   * The last attempt of a batch ended. A journal of what the server took responsibility for records
   * the batches whose answer is {@linkplain Answer#acknowledged() acknowledged}.
   */
  default void answered(String terminal, long sequence, Answer answer) {}

  /** Four times a second. */
  default void progressed(ReplayProgress progress) {}
}
