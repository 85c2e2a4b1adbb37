package io.sub30.ops;

/**
 * How far this process has come: set by the node, read by the health checks. It only goes forward.
 * Thread-safe.
 */
public final class ReadyState {

  /** In order of a process's life. */
  public enum Phase {
    /** Components are being deployed. */
    STARTING,
    /** All are deployed; requests of our own warm the path up. */
    WARMING,
    /** Requests are welcome. */
    READY,
    /** No new requests, please; those begun are being finished. */
    STOPPING
  }

  private volatile Phase phase = Phase.STARTING;

  public Phase phase() {
    return phase;
  }

  /** All components are deployed. */
  public void deployed() {
    advanceTo(Phase.WARMING);
  }

  /** The path is warm. */
  public void warmedUp() {
    advanceTo(Phase.READY);
  }

  /** The process is about to end. */
  public void stopping() {
    advanceTo(Phase.STOPPING);
  }

  /** Never back: a warm-up that ends while the process stops must not call it ready again. */
  private synchronized void advanceTo(Phase next) {
    if (phase.compareTo(next) < 0) {
      phase = next;
    }
  }
}
