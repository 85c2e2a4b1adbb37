package io.sub30.client;

import io.sub30.budget.NanoClock;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Hands batches over at their intended starts. An open loop is one that does not wait for answers:
 * when it falls behind (the encoder, the room for waiting batches, or this thread was late), the
 * batches go out at once and keep the intended starts they had, so whatever the wait was, it is in
 * their latency.
 *
 * <p>Thread: its own. Vert.x timers have whole milliseconds, a fifth of the latency to be measured;
 * parking is good to about 0.1 ms. Spinning would be finer and take a core from a server on the
 * same machine.
 */
final class PacingLoop {
  /** How the loop waits; tests advance their clock instead. */
  interface Parker {
    void parkNanos(long nanos);
  }

  /** Where batches come from; blocks until there is one. */
  interface Source {
    /** The next batch, or null after the last. */
    @Nullable PreparedBatch take() throws InterruptedException;
  }

  /** Where batches go. */
  interface Sink {
    /**
     * Takes a batch over.
     *
     * @param intendedNanos its intended start on the loop's clock; meaningless when the batch is
     *     unpaced
     */
    void accept(PreparedBatch batch, long intendedNanos);
  }

  private final NanoClock clock;
  private final Parker parker;
  private final Semaphore room;
  private final long limitNanos;

  /**
   * A loop that is ready to run.
   *
   * @param room one permit for each batch that may be unfinished; the receiver of the batches gives
   *     them back
   * @param limitNanos no batch due (or, in a closed loop, handed over) at or after it is sent
   */
  PacingLoop(NanoClock clock, Parker parker, Semaphore room, long limitNanos) {
    this.clock = clock;
    this.parker = parker;
    this.room = room;
    this.limitNanos = limitNanos;
  }

  /** Runs until the source is exhausted, the limit is reached or the thread is interrupted. */
  void run(Source source, Sink sink) throws InterruptedException {
    PreparedBatch batch = source.take();
    // After the first take, so that reading the first file is not counted against the server.
    long start = clock.nanoTime();
    while (batch != null) {
      boolean paced = batch.dueNanos() != Pace.UNPACED;
      if (paced && batch.dueNanos() >= limitNanos) {
        return;
      }
      room.acquire();
      if (!paced && clock.nanoTime() - start >= limitNanos) {
        room.release();
        return;
      }
      long intended = start + Math.max(0, batch.dueNanos());
      if (paced) {
        awaitInstant(intended);
      }
      sink.accept(batch, intended);
      batch = source.take();
    }
  }

  private void awaitInstant(long instant) throws InterruptedException {
    for (long left = instant - clock.nanoTime(); left > 0; left = instant - clock.nanoTime()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      parker.parkNanos(left);
    }
  }
}
