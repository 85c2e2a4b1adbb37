package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import io.sub30.config.ConfigException;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.database.columnar.RelayStatements;
import io.sub30.node.TestServers;
import io.sub30.v1.CellHistory;
import io.sub30.v1.CheckpointRequest;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** That the schema comes up on what is there already, under any owner, and that no query scans. */
final class SchemaIT {

  private static final String STATE_OF_V1 =
      """
      insert into cells select 'tenant-' || t, 1 from generate_series(1, 20) t;
      insert into batch_keys select 'tenant-' || t, 'desk', s, 'hash', s
        from generate_series(1, 20) t, generate_series(1, 50) s;
      insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks, inputs, outcome)
        select 'tenant-' || t, 'desk', s, s, 1717416000000 + 86400000::bigint * s, 0, '', '', ''
        from generate_series(1, 20) t, generate_series(1, 50) s;
      insert into signals select 'tenant-' || t, 1717416000000 + s, 'id-' || s, 'desk', s, 'EURUSD', 1, 0.5, 1, 1, 1, 1, 'trend', ''
        from generate_series(1, 20) t, generate_series(1, 50) s;
      insert into cell_checkpoints select 'tenant-' || t, 40, '', '', '' from generate_series(1, 20) t\
      """;

  /** A thousand batches and a cell for each of many tenants, in every partition there is. */
  private static final String MANY =
      """
      insert into cells select 'm-' || t, 1 from generate_series(1, 3000) t;
      insert into cell_checkpoints select 'm-' || t, 40, '', '', '' from generate_series(1, 3000) t;
      insert into retained_marks select 'm-' || t, 'desk', 40 from generate_series(1, 3000) t;
      insert into batch_keys select 'm-' || t, 'desk', s, 'hash', s
        from generate_series(1, 60) t, generate_series(1, 1000) s;
      insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count, ticks, inputs, outcome)
        select 'm-' || t, 'desk', s, s, epoch_msc() - 604800000 + s * 6652800::bigint, 1, '', '', ''
        from generate_series(1, 60) t, generate_series(1, 1000) s;
      insert into signals select 'm-' || t, 1717416000000 + s, 'id-' || s, 'desk-' || s % 7, s, 'S' || s % 5, 1, 0.5, 1, 1, 1, 1, 'trend', ''
        from generate_series(1, 60) t, generate_series(1, 1000) s;
      analyze\
      """;

  private static final Pattern SCAN =
      Pattern.compile(
          "Seq Scan on"
              + " ((?:tick_batches|batch_keys|signals|cells|cell_checkpoints|retained_marks)\\w*)");

  private static final Pattern TOUCHED = Pattern.compile("Rows Removed by Filter: (\\d+)");

  @TempDir static Path data;
  private static TestServers.Server server;
  private static Vertx vertx;
  private static int databases;
  private URI uri = URI.create("postgresql://nobody@nowhere/none");

  @BeforeAll
  static void start() {
    server = TestServers.postgres(data, 0);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() throws Exception {
    await(vertx.close());
    server.close();
  }

  @BeforeEach
  void freshDatabase() throws Exception {
    String name = "schema_" + ++databases;
    execute(server.uri(), "create database " + name);
    uri = server.uri().resolve("/" + name);
  }

  @Test
  void migrate_dataOfTheFirstVersion_keepsEveryRowAndGoesOn() throws Exception {
    PostgresUri target = new PostgresUri(uri);
    Flyway.configure()
        .dataSource(target.jdbcUrl(), target.user(), target.password())
        .locations("classpath:db/migration")
        .target("1")
        .load()
        .migrate();
    execute(uri, STATE_OF_V1);
    String content =
        "select md5(string_agg(t::text, ',' order by tenant, ordinal)) from (select id, xid,"
            + " tenant, terminal, sequence, ordinal, received_msc, ticks, inputs, outcome from"
            + " tick_batches) t";
    String before = text(content);

    Schema.migrate(target);
    Schema.migrate(target);

    assertThat(text(content)).isEqualTo(before);
    assertThat(text("select count(*)::text from tick_batches_past")).isEqualTo("1000");
    Pools pools = new Pools(vertx, target, 1);
    Cells cells = new Cells(pools.reads());
    CellHistory history = await(cells.take("tenant-7"));
    assertThat(history.getEpoch()).isEqualTo(2);
    assertThat(history.getCheckpointOrdinal()).isEqualTo(40);
    assertThat(history.getBatchesList().stream().map(StoredBatch::getOrdinal))
        .containsExactly(41L, 42L, 43L, 44L, 45L, 46L, 47L, 48L, 49L, 50L);
    assertThat(await(cells.lookup("tenant-7", lookup(3, "hash"))).getOutcome())
        .isEqualTo(StoreReply.Outcome.DUPLICATE);
    assertThat(await(cells.lookup("tenant-7", lookup(3, "other"))).getOutcome())
        .isEqualTo(StoreReply.Outcome.CONFLICT);
    assertThat(store(pools, "tenant-7", 51, history.getEpoch())).containsExactly(Written.STORED);
    assertThat(text("select max(id)::text from tick_batches where ordinal = 51")).isEqualTo("1001");
    assertThat(text("select tableoid::regclass::text from tick_batches where ordinal = 51"))
        .matches("tick_batches_\\d{8}");
    await(pools.close());
  }

  @Test
  void migrate_ownerIsNoSuperuser_allRolesWorkForIt() throws Exception {
    execute(
        server.uri(),
        "create role keeper_of_house login createrole password 'house'; create database house owner"
            + " keeper_of_house");
    URI house =
        URI.create(
            "postgresql://keeper_of_house:house@"
                + server.uri().getHost()
                + ":"
                + server.uri().getPort()
                + "/house");
    // Roles belong to the server, and here its superuser made them already.
    Schema.migrate(new PostgresUri(uri));
    execute(
        server.uri(),
        "grant sub30_writer, sub30_reader, sub30_cell, sub30_relay, sub30_keeper to"
            + " keeper_of_house with set true, inherit false");

    Schema.migrate(new PostgresUri(house));

    Pools pools = new Pools(vertx, new PostgresUri(house), 1);
    CellHistory history = await(new Cells(pools.reads()).take("acme"));
    assertThat(store(pools, "acme", 1, history.getEpoch())).containsExactly(Written.STORED);
    assertThat(await(new Cells(pools.reads()).take("acme")).getBatchesCount()).isEqualTo(1);
    try (Connection owner = connect(house);
        Statement statement = owner.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from tick_batches")) {
      rows.next();
      assertThat(rows.getLong(1)).as("what the owner itself sees").isZero();
    }
    assertThat(await(Audit.count(vertx, new PostgresUri(house), "acme", "desk", List.of(1L))))
        .isEqualTo(new Audit.Counts(1, 1, 0));
    await(pools.close());
  }

  @Test
  void ahead_weekThatTheDefaultHoldsRowsOf_isLeftToIt() throws Exception {
    Schema.migrate(new PostgresUri(uri));
    execute(
        uri,
        "insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count,"
            + " ticks, inputs, outcome) values ('acme', 'desk', 1, 1, epoch_msc() + 9 *"
            + " 604800000::bigint, 0, '', '', '')");

    assertThat(text("select tick_batches_ahead(11)::text")).isEqualTo("2");

    assertThat(text("select count(*)::text from tick_batches_default")).isEqualTo("1");
    assertThat(text("select tick_batches_ahead(11)::text")).isEqualTo("0");
  }

  @Test
  void partitionsAhead_weekThatTheDefaultHoldsRowsOf_isWarnedOf() throws Exception {
    PostgresUri server = new PostgresUri(uri);
    Schema.migrate(server);
    String newest =
        text(
            "select inhrelid::regclass::text from pg_inherits where inhparent ="
                + " 'tick_batches'::regclass and inhrelid::regclass::text ~ '_[0-9]{8}$'"
                + " order by 1 desc limit 1");
    execute(uri, "drop table " + newest);
    execute(
        uri,
        "insert into tick_batches (tenant, terminal, sequence, ordinal, received_msc, tick_count,"
            + " ticks, inputs, outcome) values ('acme', 'desk', 1, 1, epoch_msc() + 8 *"
            + " 604800000::bigint, 0, '', '', '')");
    Logger logger = (Logger) LoggerFactory.getLogger(Partitions.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      Schema.partitionsAhead(server);
    } finally {
      logger.detachAppender(lines);
    }

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anyMatch(line -> line.contains("tick_batches_default holds rows of the week from "));
  }

  @Test
  void refuseOlder_serverThatCannotGrantWhatIsNeeded_namesBothVersions() {
    PostgresUri server = new PostgresUri(uri);
    Schema.refuseOlder(server, 17);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Schema.refuseOlder(server, 16))
        .withMessageContaining("is PostgreSQL 16; it must be 17 or later");
  }

  @Test
  void statements_onManyRows_scanNoTable() throws Exception {
    PostgresUri target = new PostgresUri(uri);
    Schema.migrate(target);
    execute(uri, MANY);
    Set<String> statements = new TreeSet<>(RelayStatements.all());
    statements.add(Audit.COUNT);
    Pools pools = new Pools(vertx, target, 1);
    askEverything(pools);
    statements.addAll(prepared(pools.reads()));
    statements.addAll(prepared(pools.commits()));
    await(pools.close());
    assertThat(statements).as("what the path and the API ask").hasSizeGreaterThanOrEqualTo(15);

    List<String> scans = new ArrayList<>();
    for (String statement : statements) {
      String plan = text("explain (generic_plan, costs off) " + statement);
      if (SCAN.matcher(plan).find()) {
        scans.add(statement + "\n" + plan);
      }
    }

    assertThat(scans).isEmpty();
    assertThat(
            SCAN.matcher(text("explain (costs off) select max(tick_count) from tick_batches"))
                .find())
        .as("a scan is recognised")
        .isTrue();
  }

  @Test
  void after_newestOfManyBatches_readsNoOthers() throws Exception {
    Schema.migrate(new PostgresUri(uri));
    execute(uri, MANY);
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement()) {
      statement.execute("set plan_cache_mode = force_generic_plan");
      statement.execute("prepare after as " + RecentBatches.AFTER);
      for (String tenant : List.of("m-1", "m-60")) {
        String position =
            "(select xid::text from tick_batches where tenant = 'm-60' and ordinal = 990),"
                + " (select id from tick_batches where tenant = 'm-60' and ordinal = 990)";
        String plan =
            lines(
                statement.executeQuery(
                    "explain (analyze, costs off) execute after('"
                        + tenant
                        + "', 'desk', 1000, 20000, "
                        + values(connection, position)
                        + ")"));
        long read =
            TOUCHED.matcher(plan).results().mapToLong(row -> Long.parseLong(row.group(1))).sum();
        assertThat(read)
            .as("rows read in vain, of 60,000, for %s:%n%s", tenant, plan)
            .isLessThan(100);
      }
    }
  }

  /** The values of one row, as literals. */
  private static String values(Connection connection, String columns) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select " + columns)) {
      row.next();
      return "'" + row.getString(1) + "', " + row.getLong(2);
    }
  }

  private static String lines(ResultSet rows) throws SQLException {
    List<String> lines = new ArrayList<>();
    while (rows.next()) {
      lines.add(rows.getString(1));
    }
    return String.join("\n", lines);
  }

  /** Everything lanes ask, on the one connection of each pool. */
  private static void askEverything(Pools pools) throws Exception {
    Cells cells = new Cells(pools.reads());
    long epoch = await(cells.take("m-1")).getEpoch();
    await(cells.later("m-1", 990));
    await(cells.save("m-1", CheckpointRequest.newBuilder().setOrdinal(41).build()));
    await(cells.lookup("m-1", lookup(5, "hash")));
    LookupRequest fenced = lookup(5, "hash").toBuilder().setFence(true).build();
    await(cells.lookup("m-1", fenced));
    assertThat(store(pools, "m-1", 1001, epoch + 1)).containsExactly(Written.STORED);
    RecordedSignals signals = new RecordedSignals(pools.reads());
    for (String symbol : List.of("", "S1")) {
      for (String terminal : List.of("", "desk-1")) {
        await(
            signals.list(
                "m-1",
                ListSignalsRequest.newBuilder().setSymbol(symbol).setTerminal(terminal).build()));
      }
    }
    RecentBatches recent = new RecentBatches(pools.reads());
    await(recent.withTicks("m-1", "desk", "S1", 900));
    await(recent.withPrediction("m-1", "", "S1", 900));
    await(recent.pageEnd("m-1", 900));
    await(recent.newest("m-1", "other"));
    await(recent.after("m-1", "other", "1", 1));
  }

  /** What the client has prepared on the pool's only connection, but for what names the tenant. */
  private static List<String> prepared(Pool pool) throws Exception {
    return await(
        pool.query("select statement from pg_prepared_statements")
            .execute()
            .map(
                rows -> {
                  List<String> texts = new ArrayList<>();
                  for (Row row : rows) {
                    texts.add(row.getString(0));
                  }
                  texts.remove(TenantTransaction.NAME_TENANT);
                  return texts;
                }));
  }

  private static List<Written> store(Pools pools, String tenant, long sequence, long epoch)
      throws Exception {
    StoreRequest request =
        StoreRequest.newBuilder()
            .setTerminal("desk")
            .setSequence(sequence)
            .setOrdinal(sequence)
            .setEpoch(epoch)
            .setReceivedMsc(System.currentTimeMillis())
            .setContentHash(ByteString.copyFromUtf8("hash"))
            .setOutcome(TickResult.getDefaultInstance())
            .build();
    return await(new Intake(pools::commits).write(List.of(new Write(tenant, request))));
  }

  private static LookupRequest lookup(long sequence, String hash) {
    return LookupRequest.newBuilder()
        .setTerminal("desk")
        .setSequence(sequence)
        .setContentHash(ByteString.copyFromUtf8(hash))
        .build();
  }

  private static Connection connect(URI uri) throws SQLException {
    PostgresUri target = new PostgresUri(uri);
    // A plan without parameters can be asked for in the simple protocol only.
    return DriverManager.getConnection(
        target.jdbcUrl() + "?preferQueryMode=simple", target.user(), target.password());
  }

  private static void execute(URI uri, String sql) throws SQLException {
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement()) {
      for (String one : sql.split(";")) {
        statement.execute(one);
      }
    }
  }

  /** All rows, a line each. */
  private String text(String sql) throws SQLException {
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return lines(rows);
    }
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
