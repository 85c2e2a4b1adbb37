package io.sub30.database;

import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.vertx.core.Future;

/** Makes single batches durable, together with whatever others there are. */
interface Commits {

  /**
   * Writes one batch.
   *
   * @return what became of it; or a failure: {@link BatchWriter.OutcomeUnknown} when it may have
   *     been committed, anything else when it certainly was not
   */
  Future<Written> write(Write write);
}
