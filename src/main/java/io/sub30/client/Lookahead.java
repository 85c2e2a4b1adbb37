package io.sub30.client;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads and encodes ahead of the pacing thread, on a thread of its own, so that neither a slow disk
 * nor the encoder is on the timed path. Holds at most {@link #BATCHES} batches.
 */
final class Lookahead implements PacingLoop.Source {
  /** A tenth of a second at 10,000 batches/s, about 1 MiB at 20 ticks a batch. */
  static final int BATCHES = 1_024;

  private static final PreparedBatch END = new PreparedBatch(-1, -1, new byte[0], 0);

  private final ArrayBlockingQueue<PreparedBatch> ready = new ArrayBlockingQueue<>(BATCHES);
  private final BatchFeed feed;
  private final Thread reader;
  private volatile @Nullable Exception failure;
  private volatile boolean stopped;

  Lookahead(BatchFeed feed) {
    this.feed = feed;
    this.reader = new Thread(this::read, "sub30-replay-reader");
    reader.setDaemon(true);
  }

  void start() {
    reader.start();
  }

  /** Lets go of the file; what was read ahead is dropped. */
  void stop() {
    stopped = true;
    reader.interrupt();
  }

  /** Why the feed ended early, if it did. */
  @Nullable Exception failure() {
    return failure;
  }

  @Override
  public @Nullable PreparedBatch take() throws InterruptedException {
    PreparedBatch batch = ready.take();
    return batch == END ? null : batch;
  }

  private void read() {
    try (feed) {
      for (PreparedBatch batch = feed.next(); batch != null; batch = feed.next()) {
        ready.put(batch);
      }
    } catch (InterruptedException e) {
      return;
    } catch (IOException | RuntimeException e) {
      // An interrupted read fails as a closed channel; that is the stop, not a failure.
      failure = stopped ? null : e;
    }
    try {
      ready.put(END);
    } catch (InterruptedException e) {
      // Stopped: nobody is waiting for the end.
    }
  }
}
