package io.sub30.database;

import com.google.protobuf.ByteString;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.StoreRequest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tries whether commits work again, and changes nothing: a made-up batch goes the whole way that
 * batches go, with an epoch that owns no cell, so that the statement writes no row; then a logical
 * message that nobody reads is committed, because a transaction that wrote nothing syncs no disk,
 * and a disk that does not sync is what makes commits slow.
 */
final class CommitProbe {

  private static final String SYNC = "select pg_logical_emit_message(true, 'sub30.probe', '')";

  private final BatchWriter writer;
  private final List<Write> group;

  /**
   * @param writer a {@link #synced} one with a time limit
   */
  CommitProbe(BatchWriter writer, int lane) {
    this.writer = writer;
    this.group = List.of(new Write("~probe-" + lane, request()));
  }

  /**
   * A writer that makes the server sync its disk, whatever there was to write.
   *
   * @param edge what batches are written by
   * @param commits the pool that is current when it is asked
   */
  static BatchWriter synced(BatchWriter edge, Supplier<Pool> commits) {
    return group ->
        edge.write(group)
            .compose(written -> commits.get().query(SYNC).execute().map(done -> written));
  }

  private static StoreRequest request() {
    return StoreRequest.newBuilder()
        .setTerminal("probe")
        .setSequence(1)
        .setOrdinal(1)
        .setEpoch(StoreService.NOBODYS_EPOCH)
        .setContentHash(ByteString.copyFromUtf8("probe"))
        .build();
  }

  Future<?> run() {
    return writer.write(group);
  }
}
