package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Schema;
import io.sub30.node.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitProbeIT {

  private static final int TIMES = 20;

  @TempDir private Path data = Path.of("");

  // A transaction that wrote nothing is committed without syncing: it would call a stalled disk
  // good.
  @Test
  void run_nothingToWrite_syncsTheDiskEachTime() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (TestServers.Server server = TestServers.postgres(data, 0)) {
      Schema.migrate(new PostgresUri(server.uri()));
      Pools pools = new Pools(vertx, new PostgresUri(server.uri()), 1);
      BatchWriter nothing = group -> Future.succeededFuture(List.of());
      CommitProbe probe = new CommitProbe(CommitProbe.synced(nothing, pools::commits), 0);
      for (int i = 0; i < TIMES; i++) {
        long before = flushed(pools);
        probe.run().await(10, TimeUnit.SECONDS);
        assertThat(flushed(pools)).as("log on disk after probe %d", i).isGreaterThan(before);
      }
      pools.close().await(10, TimeUnit.SECONDS);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Bytes of the write-ahead log that are on disk. */
  private static long flushed(Pools pools) throws Exception {
    return pools
        .reads()
        .query("select (pg_current_wal_flush_lsn() - '0/0')::bigint")
        .execute()
        .map(rows -> rows.iterator().next().getLong(0))
        .await(10, TimeUnit.SECONDS);
  }
}
