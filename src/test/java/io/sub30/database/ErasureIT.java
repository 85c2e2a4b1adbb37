package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.config.ConfigException;
import io.sub30.config.DatabaseConfig;
import io.sub30.config.Sub30Config;
import io.sub30.database.postgres.Pools;
import io.sub30.database.postgres.PostgresUri;
import io.sub30.database.postgres.Schema;
import io.sub30.node.TestServers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a tenant goes from PostgreSQL and Redis whole, in steps, and alone. */
class ErasureIT {

  @TempDir private Path folder;

  @Test
  void erase_oneOfTwoTenants_removesAllOfItAlone() throws Exception {
    DatabaseConfig.Columnar bounds =
        Sub30Config.load(Optional.empty(), Map.of(), Map.of()).database().columnar();
    Vertx vertx = Vertx.vertx();
    try (TestServers.Server postgres = TestServers.postgres(folder.resolve("pg"), 0);
        TestServers.Server redis = TestServers.redis(folder.resolve("redis"), 0)) {
      PostgresUri uri = new PostgresUri(postgres.uri());
      Schema.migrate(uri);
      Redis client = Redis.createClient(vertx, redis.uri().toString());
      for (String tenant : List.of("acme", "acme-2")) {
        fill(postgres, tenant);
        for (int key = 0; key < 1_200; key++) {
          await(
              client.send(
                  Request.cmd(Command.SET).arg("sub30:" + tenant + ":outcome:" + key).arg("x")));
        }
      }
      Path file = folder.resolve("columnar/ticks.duckdb");
      Pools lane = new Pools(vertx, uri, 1);
      await(lane.reads().query("select 1").execute());
      assertThatThrownBy(() -> Erasure.open(postgres.uri(), redis.uri(), file, bounds))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("stop it before a tenant is erased");
      await(lane.close());

      try (Erasure erasure = Erasure.open(postgres.uri(), redis.uri(), file, bounds)) {
        List<Erasure.Line> there = erasure.held("acme");
        assertThat(there)
            .extracting(Erasure.Line::rows)
            .containsExactly(1L, 1L, 6_000L, 6_000L, 6_000L, 2L, 0L, 0L, 0L, 0L, 1_200L);
        assertThat(erasure.erase("x' or '1'='1")).allMatch(line -> line.rows() == 0);
        assertThat(erasure.erase("acm*")).allMatch(line -> line.rows() == 0);

        assertThat(erasure.erase("acme")).isEqualTo(there);

        assertThat(erasure.held("acme")).allMatch(line -> line.rows() == 0);
        assertThat(erasure.held("acme-2")).isEqualTo(there);
        assertThat(erasure.erase("acme")).allMatch(line -> line.rows() == 0);
      }
    } finally {
      await(vertx.close());
    }
  }

  private static void fill(TestServers.Server server, String tenant) throws Exception {
    PostgresUri uri = new PostgresUri(server.uri());
    String[] login = server.uri().getUserInfo().split(":", 2);
    try (Connection connection =
            DriverManager.getConnection("jdbc:postgresql://" + uri, login[0], login[1]);
        Statement statement = connection.createStatement()) {
      String of = "'" + tenant + "', ";
      String each = " from generate_series(1, 6000) s";
      statement.execute("insert into cells values (" + of + "1)");
      statement.execute("insert into cell_checkpoints values (" + of + "1, '', '', '')");
      statement.execute("insert into retained_marks values (" + of + "'a', 1), (" + of + "'b', 1)");
      statement.execute("insert into batch_keys select " + of + "'t', s, 'hash', s" + each);
      statement.execute(
          "insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count,"
              + " ticks, inputs, outcome) select "
              + of
              + "'t', s, s, epoch_msc() + s * 100000, 0, '', '', ''"
              + each);
      statement.execute(
          "insert into signals select "
              + of
              + "s, 's' || s, 't', s, 'EURUSD', 1, 0.5, 1, 1, 1, 1, 'trend', ''"
              + each);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
