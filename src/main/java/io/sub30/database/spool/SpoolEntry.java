package io.sub30.database.spool;

import io.sub30.v1.StoreRequest;

/**
 * A batch that waits for the system of record.
 *
 * @param id counts up: the order in which batches were acknowledged
 * @param tenant from the token it came with
 * @param spooledMsc when it was written, UTC
 * @param request as it is to be committed
 */
public record SpoolEntry(long id, String tenant, long spooledMsc, StoreRequest request) {

  int bytes() {
    return request.getSerializedSize();
  }
}
