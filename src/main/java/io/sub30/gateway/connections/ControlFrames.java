package io.sub30.gateway.connections;

/**
 * Counts one kind of control frames of a connection: so many in a window of ten seconds. Where work
 * is done in between the count begins anew: some gRPC clients send a PING for every answer, to
 * measure the path. Not thread-safe.
 */
final class ControlFrames {

  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final int max;
  private long windowStartNanos;
  private long workAtReset;
  private int frames;

  ControlFrames(int max, long nowNanos) {
    this.max = max;
    this.windowStartNanos = nowNanos;
  }

  /**
   * Counts a frame; whether that was one too many.
   *
   * @param work any number that grows as the connection is used for requests
   */
  boolean floods(long nowNanos, long work) {
    if (nowNanos - windowStartNanos > WINDOW_NANOS || work != workAtReset) {
      windowStartNanos = nowNanos;
      workAtReset = work;
      frames = 0;
    }
    return ++frames > max;
  }
}
