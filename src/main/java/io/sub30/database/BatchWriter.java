package io.sub30.database;

import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import java.util.List;

/**
 * The edge to the system of record: writes a group of batches in one transaction. The narrow place
 * where a test can put faults between the service and the server.
 */
public interface BatchWriter {

  /**
   * One batch to write.
   *
   * @param tenant from the verified token
   * @param request what to write
   */
  record Write(String tenant, StoreRequest request) {}

  /** What became of one batch of a group that was committed. */
  enum Written {
    /** It is durable. */
    STORED,
    /** Its key was there before; nothing of it was written. */
    KEY_TAKEN,
    /** It is durable on the local disk, and will be in the system of record. */
    SPOOLED,
    /** Its epoch is stale; nothing of it was written. */
    FENCED
  }

  /**
   * Writes all of {@code group} in one transaction.
   *
   * @return one outcome for each, in order; or a failure: {@link OutcomeUnknown} when it may have
   *     been committed, anything else when it certainly was not
   */
  Future<List<Written>> write(List<Write> group);

  /**
   * The server was not heard of again: the group may be committed, or may still become so.
   * Stackless.
   */
  final class OutcomeUnknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    public OutcomeUnknown(String message) {
      super(message, null, false, false);
    }
  }
}
