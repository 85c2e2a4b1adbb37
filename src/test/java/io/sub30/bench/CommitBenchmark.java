package io.sub30.bench;

import io.sub30.database.BatchWriter.Write;
import io.sub30.database.postgres.Cells;
import io.sub30.database.postgres.Intake;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Schema;
import io.sub30.node.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long a group commit takes, one after the other on one connection, on an embedded PostgreSQL:
 * what partitions, policies and indexes cost it. Arguments: commits of each size (default 2000), a
 * folder for the server (default a temporary one). Closed loop: it measures the statement, not a
 * load.
 */
public final class CommitBenchmark {

  private static final int WARM_UP = 200;

  private final Intake intake;
  private final CommitBatches batches;
  private long sequence;

  private CommitBenchmark(Intake intake, long epoch, long sequence) {
    this.intake = intake;
    this.batches = new CommitBatches(epoch);
    this.sequence = sequence;
  }

  public static void main(String[] args) throws Exception {
    int commits = args.length > 0 ? Integer.parseInt(args[0]) : 2_000;
    Path folder =
        args.length > 1 ? Path.of(args[1]) : Files.createTempDirectory("sub30-commit-benchmark");
    Vertx vertx = Vertx.vertx();
    try (TestServers.Server server = TestServers.postgres(folder, 0)) {
      PostgresUri uri = new PostgresUri(server.uri());
      Schema.migrate(uri);
      Pools pools = new Pools(vertx, uri, 1);
      Cells cells = new Cells(pools.reads());
      // The first connection of a cold process may take longer than the pool waits for one.
      long epoch = await(cells.take("bench").recover(late -> cells.take("bench"))).getEpoch();
      CommitBenchmark benchmark =
          new CommitBenchmark(new Intake(pools::commits), epoch, System.currentTimeMillis() * 1000);
      for (int size : new int[] {1, 8}) {
        benchmark.run(size, WARM_UP);
        System.out.println(benchmark.run(size, commits));
      }
      await(pools.close());
    } finally {
      await(vertx.close());
    }
  }

  private String run(int size, int commits) throws Exception {
    long[] micros = new long[commits];
    for (int i = 0; i < commits; i++) {
      List<Write> group = new ArrayList<>();
      for (int j = 0; j < size; j++) {
        group.add(new Write("bench", batches.request(++sequence)));
      }
      long start = System.nanoTime();
      await(intake.write(group));
      micros[i] = (System.nanoTime() - start) / 1_000;
    }
    Arrays.sort(micros);
    return "groups of %d: %d commits, p50 %d us, p95 %d us, p99 %d us"
        .formatted(
            size,
            commits,
            micros[commits / 2],
            micros[commits * 95 / 100],
            micros[commits * 99 / 100]);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
