package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.T0;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.cli.CommandLineInterface;
import io.sub30.node.TestServers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That {@code erase} removes a tenant from every store, and nothing of another. */
@Tag("long")
class EraseIT {

  private static final List<String> IN_POSTGRES =
      List.of(
          "cells", "cell_checkpoints", "signals", "tick_batches", "batch_keys", "retained_marks");

  private static final List<String> IN_DUCKDB = List.of("ticks", "bars", "batches", "relay_poison");

  @TempDir private Path folder;

  @Test
  void erase_oneOfTwoTenants_leavesNothingOfItAndAllOfTheOther() throws Exception {
    Path data = folder.resolve("data");
    try (TestServers.Server redis = TestServers.redis(folder.resolve("redis"), 0)) {
      String cache = "redis: {uri: '" + redis.uri() + "'}";
      Path config = Files.writeString(folder.resolve("erase.yaml"), cache);
      try (RunningNode server = RunningNode.start(data, options(redis.uri()))) {
        fill(server, redis.uri());
        assertThat(erase(data, config, "acme", "--yes"))
            .as("beside a running server")
            .contains("2|", "is in use by process");
        String record = "postgres: {uri: '" + RunningNode.postgres(data) + "'}";
        Path elsewhere = Files.write(folder.resolve("elsewhere.yaml"), List.of(cache, record));
        assertThat(erase(folder.resolve("other"), elsewhere, "acme", "--yes"))
            .as("on the PostgreSQL of a running server")
            .contains("2|", "stop it before a tenant is erased");
      }
      persist(redis.uri());
      Map<String, Long> acme = held(data, redis.uri(), "acme");
      Map<String, Long> beta = held(data, redis.uri(), "acme-2");
      assertThat(acme.values()).as(acme.toString()).allMatch(rows -> rows > 0);
      assertThat(beta.values()).as(beta.toString()).allMatch(rows -> rows > 0);

      String asked = erase(data, config, "acme");
      assertThat(asked).startsWith("2|").contains("there", "nothing was removed; --yes");
      acme.forEach((what, rows) -> assertThat(asked).containsPattern(line(what, rows)));
      for (String name : List.of("x' or '1'='1", "acme; drop table cells", "acme*", "ACME", "")) {
        assertThat(erase(data, config, name, "--yes")).startsWith("2|").contains("is not 1 to 64");
      }
      assertThat(held(data, redis.uri(), "acme")).isEqualTo(acme);

      String done = erase(data, config, "acme", "--yes");

      assertThat(done).startsWith("0|").contains("removed");
      acme.forEach((what, rows) -> assertThat(done).containsPattern(line(what, rows)));
      assertThat(held(data, redis.uri(), "acme").values()).containsOnly(0L);
      assertThat(held(data, redis.uri(), "acme-2")).isEqualTo(beta);
      String again = erase(data, config, "acme", "--yes");
      assertThat(again).startsWith("0|");
      acme.keySet().forEach(what -> assertThat(again).containsPattern(line(what, 0)));
      assertThat(held(data, redis.uri(), "acme-2")).isEqualTo(beta);
      assertLivesOn(data, redis.uri());
    }
  }

  /** The erased tenant begins anew, the other one goes on: nothing of it was relayed again. */
  private static void assertLivesOn(Path data, URI redis) throws Exception {
    try (RunningNode server = RunningNode.start(data, options(redis));
        Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, server.token("acme"), batch("t", 1, 3), PROTOBUF);
      assertThat(
              acknowledged(api, server.token("acme-2"), batch("t", 1, 5), PROTOBUF)
                  .result()
                  .getDuplicate())
          .isTrue();
      RunningNode.await(server.node.storage().caughtUp());
    }
    assertThat(held(data, redis, "acme"))
        .containsEntry("ticks", 3L)
        .containsEntry("tick_batches", 1L);
  }

  /** Clients with patience: what is measured here is not time. */
  private static Map<String, String> options(URI redis) {
    return Map.of(
        "redis.uri", redis.toString(),
        "gateway.checkpoint_batches", "4",
        "node.warm_up", "10s",
        "budget.tiers.free", "10s");
  }

  private static String line(String what, long rows) {
    String kind = what.equals("relay_poison") ? "set aside" : what;
    return "(?m)^\\S+ +" + kind + " +" + rows + "$";
  }

  private static void fill(RunningNode server, URI redis) throws Exception {
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      for (String tenant : List.of("acme", "acme-2")) {
        for (int sequence = 1; sequence <= 12; sequence++) {
          acknowledged(api, server.token(tenant), batch("t", sequence, 5), PROTOBUF);
        }
        server.recordSignal(tenant, "t", "EURUSD", "s1", T0);
        server.execute("insert into retained_marks values ('" + tenant + "', 'old', 3)");
        // What cannot be decoded is set aside by the relay.
        server.execute(
            "insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc,"
                + " tick_count, ticks, inputs, outcome) values ('"
                + tenant
                + "', 'broken', 1, -1, epoch_msc(), 1, '\\xff', '', '')");
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    server.count("cell_checkpoints where tenant = ?", tenant) > 0
                        && keys(redis, tenant) > 0);
      }
    }
    RunningNode.await(server.node.storage().caughtUp());
  }

  /** Rows by table, counted from outside of the program. */
  private static Map<String, Long> held(Path data, URI redis, String tenant) throws Exception {
    Map<String, Long> rows = new TreeMap<>();
    try (TestServers.Server postgres = TestServers.postgres(data, 0)) {
      try (Connection connection = RunningNode.connect(data)) {
        count(connection, IN_POSTGRES, tenant, rows);
      }
      assertThat(postgres.pid()).isPositive();
    }
    try (Connection connection =
        DriverManager.getConnection("jdbc:duckdb:" + data.resolve("columnar/ticks.duckdb"))) {
      count(connection, IN_DUCKDB, tenant, rows);
    }
    rows.put("keys", keys(redis, tenant));
    return rows;
  }

  private static void count(
      Connection connection, List<String> tables, String tenant, Map<String, Long> rows)
      throws SQLException {
    for (String table : tables) {
      try (PreparedStatement count =
          connection.prepareStatement("select count(*) from " + table + " where tenant = ?")) {
        count.setString(1, tenant);
        try (ResultSet result = count.executeQuery()) {
          result.next();
          rows.put(table, result.getLong(1));
        }
      }
    }
  }

  /** Keys would expire while the test counts them. */
  private static void persist(URI uri) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Redis redis = Redis.createClient(vertx, uri.toString());
      for (Response key : RunningNode.await(redis.send(Request.cmd(Command.KEYS).arg("sub30:*")))) {
        RunningNode.await(redis.send(Request.cmd(Command.PERSIST).arg(key.toBuffer())));
      }
    } finally {
      RunningNode.await(vertx.close());
    }
  }

  private static long keys(URI uri, String tenant) throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Response keys =
          RunningNode.await(
              Redis.createClient(vertx, uri.toString())
                  .send(Request.cmd(Command.KEYS).arg("sub30:" + tenant + ":*")));
      return keys.size();
    } finally {
      RunningNode.await(vertx.close());
    }
  }

  /** Exit code, output and complaints of the command. */
  private static String erase(Path data, Path config, String tenant, String... more) {
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream both = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      List<String> arguments =
          new java.util.ArrayList<>(
              List.of(
                  "erase",
                  "--tenant=" + tenant,
                  "--data",
                  data.toString(),
                  "--config",
                  config.toString()));
      arguments.addAll(List.of(more));
      int exit = CommandLineInterface.execute(arguments.toArray(String[]::new));
      return exit + "|" + said.toString(StandardCharsets.UTF_8);
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }
}
