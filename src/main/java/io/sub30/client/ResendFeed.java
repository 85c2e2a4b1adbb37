package io.sub30.client;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches of an earlier run, unpaced. */
final class ResendFeed implements BatchFeed {
  private final Iterator<Unacknowledged> batches;

  ResendFeed(List<Unacknowledged> batches) {
    this.batches = List.copyOf(batches).iterator();
  }

  @Override
  public @Nullable PreparedBatch next() {
    if (!batches.hasNext()) {
      return null;
    }
    Unacknowledged batch = batches.next();
    return new PreparedBatch(batch.connection(), batch.sequence(), batch.body(), Pace.UNPACED);
  }

  @Override
  public void close() {}
}
