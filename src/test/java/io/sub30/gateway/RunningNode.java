package io.sub30.gateway;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.Sub30Config;
import io.sub30.database.BatchWriter;
import io.sub30.gateway.identity.Scope;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A whole node on its own servers, and what a test needs to look at it from outside. Blocking. */
final class RunningNode implements AutoCloseable {

  static final List<String> TABLES = List.of("tick_batches", "batch_keys", "signals", "cells");

  private static final Pattern PORT = Pattern.compile("(?m)^port = (\\d+)$");

  final Vertx vertx = Vertx.vertx();
  final Node node;
  final SigningKeys keys;

  /** {@code /budget} and the rows of every table, before anybody had asked for anything. */
  final JsonObject budgetAtReady;

  final Map<String, Long> rowsAtReady;

  private final DataFolder folder;
  private final Connection database;

  private RunningNode(Path data, Map<String, String> more, UnaryOperator<BatchWriter> edge)
      throws Exception {
    folder = DataFolder.at(data).lock();
    Map<String, String> options = new LinkedHashMap<>(OpenRates.under(Map.of()));
    options.putAll(
        Map.of("http.port", "0", "ops.port", "0", "lanes.count", "3", "node.warm_up", "1s"));
    options.putAll(more);
    Sub30Config config = Sub30Config.load(Optional.empty(), Map.of(), options);
    node = Node.start(config, folder, progress -> {}, edge);
    keys = SigningKeys.open(data);
    database = connect(data);
    rowsAtReady = rows(null);
    budgetAtReady = ops("/budget").json();
  }

  static RunningNode start(Path data) throws Exception {
    return start(data, Map.of());
  }

  /** With keys that differ from those every test's node has. */
  static RunningNode start(Path data, Map<String, String> more) throws Exception {
    return start(data, more, UnaryOperator.identity());
  }

  /** As above, with something between the stores and the system of record. */
  static RunningNode start(Path data, Map<String, String> more, UnaryOperator<BatchWriter> edge)
      throws Exception {
    return new RunningNode(data, more, edge);
  }

  static Connection connect(Path data) throws IOException, SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port(data) + "/sub30", "sub30", password(data));
  }

  /** The URI of the running server of a data folder. */
  static String postgres(Path data) throws IOException {
    return "postgresql://sub30:" + password(data) + "@127.0.0.1:" + port(data) + "/sub30";
  }

  private static String password(Path data) throws IOException {
    return Files.readString(data.resolve("keys/postgres.password")).strip();
  }

  private static String port(Path data) throws IOException {
    Matcher port = PORT.matcher(Files.readString(data.resolve("postgres/data/sub30.conf")));
    if (!port.find()) {
      throw new IllegalStateException("no port in sub30.conf");
    }
    return port.group(1);
  }

  /** A good token of the tier free, which has time enough on any machine. */
  String token(String tenant) {
    return token(tenant, Tier.FREE, null);
  }

  String token(String tenant, Tier tier, @Nullable String terminal) {
    return new TokenMint(keys, EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, tier, terminal, Duration.ofHours(1)));
  }

  /** A token of who may operate the process. */
  String operator() {
    return new TokenMint(keys, EpochClock.SYSTEM)
        .mint(
            new TokenRequest(
                "operator", Tier.FREE, null, Duration.ofHours(1), Set.of(Scope.ADMIN), null));
  }

  Api api(HttpVersion version) {
    return new Api(vertx, node.api(), version);
  }

  Api.Reply ops(String path) throws Exception {
    try (Api api = new Api(vertx, node.ops(), HttpVersion.HTTP_1_1)) {
      return api.get(path, operator());
    }
  }

  /** Rows of every table, of that tenant or of all. */
  Map<String, Long> rows(@Nullable String tenant) throws SQLException {
    Map<String, Long> rows = new LinkedHashMap<>();
    for (String table : TABLES) {
      try (PreparedStatement count =
          database.prepareStatement(
              "select count(*) from " + table + " where ?::text is null or tenant = ?")) {
        count.setString(1, tenant);
        count.setString(2, tenant);
        try (ResultSet result = count.executeQuery()) {
          result.next();
          rows.put(table, result.getLong(1));
        }
      }
    }
    return rows;
  }

  /** Batches of the tenant in the system of record. */
  long batches(String tenant) throws SQLException {
    return rows(tenant).getOrDefault("tick_batches", -1L);
  }

  /** Rows of a table under a condition that names a tenant once. */
  long count(String from, String tenant) throws SQLException {
    try (PreparedStatement count = database.prepareStatement("select count(*) from " + from)) {
      count.setString(1, tenant);
      try (ResultSet result = count.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  /** A statement of the test's own. */
  void execute(String sql) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      statement.execute();
    }
  }

  /** Records a BUY as the intake would. */
  void recordSignal(String tenant, String terminal, String symbol, String id, long decidedMsc)
      throws SQLException {
    try (PreparedStatement insert =
        database.prepareStatement(
            "insert into signals values (?, ?, ?, ?, 1, ?, 1, 0.75, 1.1, 1.0, 1.3, 0.1, 'trend',"
                + " 'a,b')")) {
      insert.setString(1, tenant);
      insert.setLong(2, decidedMsc);
      insert.setString(3, id);
      insert.setString(4, terminal);
      insert.setString(5, symbol);
      insert.executeUpdate();
    }
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    await(vertx.close());
    database.close();
    node.close();
    folder.close();
  }
}
