package io.sub30.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.sub30.node.TestServers;
import io.sub30.v1.CellHistory;
import io.sub30.v1.ListSignalsRequest;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.LookupRequest;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.StoreReply;
import io.sub30.v1.StoreRequest;
import io.sub30.v1.TickResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the server itself keeps tenants apart, whatever a statement forgets to ask for. */
final class TenantSeparationIT {

  private static final List<String> TABLES =
      List.of(
          "cells", "batch_keys", "tick_batches", "signals", "cell_checkpoints", "retained_marks");

  @TempDir static Path data;
  private static TestServers.Server server;
  private static PostgresUri uri;
  private static Vertx vertx;
  private static Pools pools;

  @BeforeAll
  static void start() throws Exception {
    server = TestServers.postgres(data, 0);
    uri = new PostgresUri(server.uri());
    Schema.migrate(uri);
    vertx = Vertx.vertx();
    pools = new Pools(vertx, uri, 1);
    for (String tenant : List.of("acme", "beta")) {
      store(tenant, 1);
      update(
          "insert into cell_checkpoints values ('" + tenant + "', 0, '', '', '')",
          "insert into retained_marks values ('" + tenant + "', 'old', 7)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    await(pools.close());
    await(vertx.close());
    server.close();
  }

  // ---- what the catalogue says

  @Test
  void catalogue_everyTableWithATenant_hasForcedSecurityAndItsPartitionsToo() throws Exception {
    List<String> tables =
        texts(
            "select c.relname from pg_class c where c.relkind in ('r', 'p') and c.relnamespace ="
                + " current_schema()::regnamespace and exists (select from pg_attribute a where"
                + " a.attrelid = c.oid and a.attname = 'tenant')");
    List<String> forced =
        texts(
            "select relname from pg_class where relrowsecurity and relforcerowsecurity and"
                + " relnamespace = current_schema()::regnamespace");

    assertThat(tables).containsAll(TABLES).contains("tick_batches_past", "tick_batches_default");
    assertThat(tables.size()).as("with the partitions of the coming weeks").isGreaterThan(14);
    assertThat(forced).containsExactlyInAnyOrderElementsOf(tables);
  }

  @Test
  void catalogue_policiesOfTenantRoles_allNameTheTenant() throws Exception {
    List<String> policies =
        texts(
            "select tablename || ' ' || cmd || ' ' || coalesce(qual, '-') || ' ' ||"
                + " coalesce(with_check, '-') from pg_policies where roles && array['sub30_reader',"
                + " 'sub30_cell']::name[]");
    String own = "(tenant = current_setting('sub30.tenant'::text, true))";

    assertThat(policies)
        .containsExactlyInAnyOrder(
            "signals SELECT " + own + " -",
            "batch_keys SELECT " + own + " -",
            "tick_batches SELECT " + own + " -",
            "retained_marks SELECT " + own + " -",
            "cells ALL " + own + " -",
            "cell_checkpoints ALL " + own + " -");
    assertThat(texts("select policyname from pg_policies where 'public' = any (roles)")).isEmpty();
  }

  @Test
  void catalogue_roles_canNeitherLogInNorBypassNorOwn() throws Exception {
    assertThat(
            texts(
                "select rolname from pg_roles where rolname like 'sub30\\_%' and not rolcanlogin"
                    + " and not rolsuper and not rolbypassrls and not rolcreaterole"))
        .containsExactlyInAnyOrder(
            "sub30_writer", "sub30_reader", "sub30_cell", "sub30_relay", "sub30_keeper");
    assertThat(
            texts(
                "select c.relname from pg_class c join pg_roles r on r.oid = c.relowner where"
                    + " r.rolname like 'sub30\\_%'"))
        .isEmpty();
    assertThat(
            texts(
                "select distinct table_name from information_schema.role_table_grants where grantee"
                    + " like 'sub30\\_%' and table_name like 'tick\\_batches\\_%'"))
        .as("grants on partitions")
        .isEmpty();
  }

  @Test
  void migrate_roleThatBypasses_isRefused() throws Exception {
    update("alter role sub30_reader bypassrls");
    try {
      assertThatThrownBy(() -> Schema.migrate(uri))
          .hasMessageContaining("sub30_reader")
          .hasMessageContaining("BYPASSRLS");
    } finally {
      update("alter role sub30_reader nobypassrls");
    }
    Schema.migrate(uri);
  }

  // ---- what a role sees

  @Test
  void reader_withoutATenant_seesNoRow() throws Exception {
    try (Connection connection = as(Role.READER)) {
      for (String table : List.of("batch_keys", "tick_batches", "signals", "retained_marks")) {
        assertThat(count(connection, table)).as(table).isZero();
      }
      run(connection, "select set_config('sub30.tenant', 'acme', false)");
      for (String table : List.of("batch_keys", "tick_batches", "signals", "retained_marks")) {
        assertThat(count(connection, table)).as("acme's %s", table).isPositive();
        assertThat(count(connection, table + " where tenant <> 'acme'")).as(table).isZero();
      }
    }
  }

  @Test
  void reader_tablesItNeedsNot_areRefused() throws Exception {
    try (Connection connection = as(Role.READER)) {
      for (String sql :
          List.of(
              "select * from cells",
              "select * from cell_checkpoints",
              "select * from tick_batches_past",
              "delete from signals",
              "insert into cells values ('acme', 9)")) {
        assertDenied(connection, sql);
      }
    }
  }

  @Test
  void cell_ofAnotherTenant_isNeitherSeenNorChanged() throws Exception {
    try (Connection connection = as(Role.CELL)) {
      run(connection, "select set_config('sub30.tenant', 'acme', false)");
      assertThat(count(connection, "cells")).isEqualTo(1);
      assertThat(update(connection, "update cells set epoch = 99 where tenant = 'beta'")).isZero();
      assertThatThrownBy(() -> run(connection, "insert into cells values ('gamma', 1)"))
          .hasMessageContaining("row-level security");
      assertThatThrownBy(() -> run(connection, "update cells set tenant = 'gamma'"))
          .hasMessageContaining("row-level security");
    }
  }

  @Test
  void writer_readsKeysAndEpochsOnly() throws Exception {
    try (Connection connection = as(Role.WRITER)) {
      assertThat(count(connection, "batch_keys")).isPositive();
      for (String sql :
          List.of(
              "select * from tick_batches",
              "select ordinal from batch_keys",
              "select * from signals",
              "select * from cell_checkpoints",
              "delete from batch_keys")) {
        assertDenied(connection, sql);
      }
      assertThatThrownBy(() -> run(connection, "update cells set epoch = epoch + 1"))
          .hasMessageContaining("row-level security");
    }
  }

  @Test
  void relay_readsTheIntakeAndNothingElse() throws Exception {
    try (Connection connection = as(Role.RELAY)) {
      assertThat(count(connection, "tick_batches where tenant in ('acme', 'beta')")).isEqualTo(2);
      for (String sql : List.of("select * from signals", "delete from tick_batches")) {
        assertDenied(connection, sql);
      }
    }
  }

  // ---- what reads leave behind

  @Test
  void read_afterIt_theConnectionNamesNoTenant() throws Exception {
    assertThat(signals("acme", ListSignalsRequest.getDefaultInstance())).containsExactly("acme-1");

    assertThat(setting()).isEmpty();
    assertThat(signals("beta", ListSignalsRequest.getDefaultInstance())).containsExactly("beta-1");
  }

  @Test
  void read_statementFails_theConnectionNamesNoTenantAndServesOn() throws Exception {
    Future<?> failed =
        TenantTransaction.read(pools.reads(), "acme", "select 1 / (select $1::int)", Tuple.of(0));

    assertThatThrownBy(() -> await(failed)).hasMessageContaining("division by zero");
    assertThat(setting()).isEmpty();
    assertThat(signals("beta", ListSignalsRequest.getDefaultInstance())).containsExactly("beta-1");
  }

  @Test
  void read_statementThatForgetsTheTenant_seesItsOwnOnly() throws Exception {
    List<Future<List<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String tenant = i % 3 == 0 ? "beta" : "acme";
      asked.add(
          TenantTransaction.read(pools.reads(), tenant, "select tenant from signals", Tuple.tuple())
              .map(
                  rows -> {
                    List<String> seen = new ArrayList<>();
                    rows.forEach(row -> seen.add(row.getString(0)));
                    return seen;
                  }));
    }
    for (int i = 0; i < asked.size(); i++) {
      assertThat(new TreeSet<>(await(asked.get(i)))).containsExactly(i % 3 == 0 ? "beta" : "acme");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acme' or '1'='1",
        "'; reset role; select * from signals; --",
        "acme'; drop table signals; --",
        "%",
        "acme\\' or true --",
        "$1"
      })
  void read_injectionAsTenantSymbolTerminal_leaksNothing(String text) throws Exception {
    assertThat(signals(text, ListSignalsRequest.getDefaultInstance())).isEmpty();
    assertThat(signals("acme", ListSignalsRequest.newBuilder().setSymbol(text).build())).isEmpty();
    assertThat(signals("acme", ListSignalsRequest.newBuilder().setTerminal(text).build()))
        .isEmpty();
    assertThat(lookup(text, "t", 1)).isEqualTo(StoreReply.Outcome.ABSENT);
    assertThat(lookup("acme", text, 1)).isEqualTo(StoreReply.Outcome.ABSENT);
    assertThat(count("signals")).as("rows that are there still").isGreaterThanOrEqualTo(2);
  }

  @Test
  void store_injectionAsNames_isStoredAsText() throws Exception {
    String text = "x'), ('beta', 0, 'y";
    CellHistory history = await(new Cells(pools.reads()).take("quotes"));
    StoreRequest request =
        request("quotes", 1, history.getEpoch()).toBuilder()
            .setTerminal(text)
            .setOutcome(
                TickResult.newBuilder()
                    .addSignals(
                        Signal.newBuilder()
                            .setId("quotes-1")
                            .setSymbol(text)
                            .setStrategy(text)
                            .setSide(Side.SELL)))
            .build();
    await(new Intake(pools::commits).write(List.of(new Write("quotes", request))));

    assertThat(signals("quotes", ListSignalsRequest.newBuilder().setSymbol(text).build()))
        .containsExactly("quotes-1");
    assertThat(signals("beta", ListSignalsRequest.getDefaultInstance())).containsExactly("beta-1");
  }

  // ---- the retained mark

  @Test
  void lookup_atOrBelowTheMark_isExpiredAboveItIsAbsent() throws Exception {
    assertThat(lookup("acme", "old", 6)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup("acme", "old", 7)).isEqualTo(StoreReply.Outcome.EXPIRED);
    assertThat(lookup("acme", "old", 8)).isEqualTo(StoreReply.Outcome.ABSENT);
    assertThat(lookup("gamma", "old", 7))
        .as("of another tenant")
        .isEqualTo(StoreReply.Outcome.ABSENT);
    assertThat(lookup("acme", "t", 1)).isEqualTo(StoreReply.Outcome.DUPLICATE);
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void everyRole_canBeTakenOn(Role role) throws Exception {
    try (Connection connection = as(role)) {
      assertThat(texts(connection, "select current_user")).containsExactly(role.sqlName());
    }
  }

  // ---- how

  private static void store(String tenant, long sequence) throws Exception {
    CellHistory history = await(new Cells(pools.reads()).take(tenant));
    List<Written> written =
        await(
            new Intake(pools::commits)
                .write(List.of(new Write(tenant, request(tenant, sequence, history.getEpoch())))));
    assertThat(written).containsExactly(Written.STORED);
  }

  private static StoreRequest request(String tenant, long sequence, long epoch) {
    Signal signal =
        Signal.newBuilder()
            .setId(tenant + "-" + sequence)
            .setSymbol("EURUSD")
            .setSide(Side.BUY)
            .build();
    return StoreRequest.newBuilder()
        .setTerminal("t")
        .setSequence(sequence)
        .setOrdinal(sequence)
        .setEpoch(epoch)
        .setReceivedMsc(System.currentTimeMillis())
        .setContentHash(ByteString.copyFromUtf8("hash"))
        .setOutcome(TickResult.newBuilder().addSignals(signal))
        .build();
  }

  private static List<String> signals(String tenant, ListSignalsRequest request) throws Exception {
    ListSignalsResponse page = await(new RecordedSignals(pools.reads()).list(tenant, request));
    return page.getItemsList().stream().map(item -> item.getSignal().getId()).toList();
  }

  private static StoreReply.Outcome lookup(String tenant, String terminal, long sequence)
      throws Exception {
    LookupRequest request =
        LookupRequest.newBuilder()
            .setTerminal(terminal)
            .setSequence(sequence)
            .setContentHash(ByteString.copyFromUtf8("hash"))
            .build();
    return await(new Cells(pools.reads()).lookup(tenant, request)).getOutcome();
  }

  /** What a connection of the reads' only pool still calls its tenant. */
  private static String setting() throws Exception {
    return await(
        pools
            .reads()
            .query("select coalesce(current_setting('sub30.tenant', true), '')")
            .execute()
            .map(rows -> rows.iterator().next().getString(0)));
  }

  private static Connection owner() throws SQLException {
    return DriverManager.getConnection(uri.jdbcUrl(), uri.user(), uri.password());
  }

  private static Connection as(Role role) throws SQLException {
    Connection connection = owner();
    run(connection, "set role " + role.sqlName());
    return connection;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static int update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static void update(String... statements) throws SQLException {
    try (Connection connection = owner()) {
      for (String sql : statements) {
        run(connection, sql);
      }
    }
  }

  private static void assertDenied(Connection connection, String sql) {
    assertThatThrownBy(() -> run(connection, sql)).hasMessageContaining("permission denied");
  }

  private static long count(String table) throws SQLException {
    try (Connection connection = owner()) {
      return count(connection, table);
    }
  }

  private static long count(Connection connection, String table) throws SQLException {
    return Long.parseLong(texts(connection, "select count(tenant)::text from " + table).get(0));
  }

  private static List<String> texts(String sql) throws SQLException {
    try (Connection connection = owner()) {
      return texts(connection, sql);
    }
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
