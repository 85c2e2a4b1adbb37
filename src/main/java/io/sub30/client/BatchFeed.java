package io.sub30.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Batches in the order of their intended starts. One thread reads. */
interface BatchFeed extends AutoCloseable {
  /** The next batch, or null after the last. */
  @Nullable PreparedBatch next() throws IOException;

  @Override
  void close() throws IOException;
}
