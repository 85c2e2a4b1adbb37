package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.SOURCE;
import static io.sub30.database.columnar.Samples.at;
import static io.sub30.database.columnar.Samples.batch;
import static io.sub30.database.columnar.Samples.block;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sub30.database.columnar.ColumnarException.Reason;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real server; runs under the profile {@code clickhouse}. */
final class ClickHouseStoreIT extends ColumnarStoreContract {

  @TempDir static Path folder;
  private static ClickHouseServer server;
  private static int databases;
  private String database = "";

  @BeforeAll
  static void startServer() throws Exception {
    server = ClickHouseServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @Override
  ColumnarStore openStore() {
    if (database.isEmpty()) {
      database = "store_" + ++databases;
    }
    return new ClickHouseStore(server.uri(database));
  }

  private String ask(String statement) throws Exception {
    return server.ask(statement.replace("DB", database));
  }

  // The block's rows arrived and its watermark did not: the next delivery is cut differently.
  @Test
  void append_deliveredAgainWithoutWatermark_countsOnce() throws Exception {
    store.append(block(0, 2, batch("acme", "t1", 1, 130), batch("acme", "t1", 2, 70)));
    List<StoredBar> bars = store.bars(query(0, Long.MAX_VALUE, 10));
    List<StoredTick> ticks = store.ticks(query(0, Long.MAX_VALUE, 1_000));
    ask("TRUNCATE TABLE DB.relay_watermark");
    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);

    store.append(block(0, 1, batch("acme", "t1", 1, 130)));
    store.append(block(1, 3, batch("acme", "t1", 2, 70), batch("acme", "t1", 3, 5)));

    assertThat(ask("SELECT count() FROM DB.ticks")).isEqualTo("405");
    assertThat(store.countTicks("acme", "t1")).isEqualTo(205);
    assertThat(store.countBatches("acme", "t1")).isEqualTo(3);
    assertThat(store.duplicates()).isZero();
    assertThat(store.ticks(query(0, Long.MAX_VALUE, 1_000)))
        .hasSize(205)
        .containsAll(ticks)
        .doesNotHaveDuplicates();
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10)).subList(1, 3))
        .isEqualTo(bars.subList(1, 3));
    assertThat(store.bars(query(Samples.MINUTE_MSC, Samples.MINUTE_MSC + 30_000, 10)))
        .extracting(StoredBar::ticks)
        .containsExactly(65L);
  }

  @Test
  void append_mergedByTheServer_isTheSame() throws Exception {
    store.append(block(0, 1, batch("acme", "t1", 1, 130)));
    ask("TRUNCATE TABLE DB.relay_watermark");
    store.append(block(0, 2, batch("acme", "t1", 1, 130), batch("acme", "t1", 2, 9)));
    List<StoredBar> bars = store.bars(query(0, Long.MAX_VALUE, 10));
    for (String table : List.of("ticks", "bars", "batches", "relay_watermark")) {
      ask("OPTIMIZE TABLE DB." + table + " FINAL");
    }

    assertThat(ask("SELECT count() FROM DB.ticks")).isEqualTo("139");
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10))).isEqualTo(bars);
    assertThat(store.countTicks("acme", "t1")).isEqualTo(139);
    assertThat(store.watermark(SOURCE)).isEqualTo(at(2));
  }

  // Two processes relay one intake: the slower one is told, and nothing is counted twice.
  @Test
  void append_twoWriters_oneIsStaleAndNothingCountsTwice() {
    try (ColumnarStore other = openStore()) {
      store.append(block(0, 1, batch("acme", "t1", 1, 3)));
      assertThatExceptionOfType(ColumnarException.class)
          .isThrownBy(() -> other.append(block(0, 1, batch("acme", "t1", 1, 3))))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.STALE));
      other.append(block(1, 2, batch("acme", "t1", 2, 3)));
    }
    assertThat(store.watermark(SOURCE)).isEqualTo(at(2));
    assertThat(store.countTicks("acme", "t1")).isEqualTo(6);
    assertThat(store.duplicates()).isZero();
  }

  @Test
  void schema_ofANewerProgram_refuses() throws Exception {
    store.watermark(SOURCE);
    ask("INSERT INTO DB.schema_version VALUES (99)");
    store.close();
    store = openStore();

    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(() -> store.watermark(SOURCE))
        .withMessageContaining("version 99");
  }

  @Test
  void schema_ticks_tenantComesFirstAndMonthsAreApart() throws Exception {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));

    assertThat(ask("SELECT engine_full FROM system.tables WHERE database='DB' AND name='ticks'"))
        .startsWith("ReplacingMergeTree")
        .contains("toYYYYMM")
        .contains("ORDER BY (tenant, terminal, symbol, time_msc, sequence, idx)");
  }

  @Test
  void schema_halfMade_isCompleted() throws Exception {
    store.watermark(SOURCE);
    ask("DROP TABLE DB.batches");
    ask("TRUNCATE TABLE DB.schema_version");
    store.close();
    store = openStore();

    store.append(block(0, 1, batch("acme", "t1", 1, 3)));
    assertThat(store.countBatches("acme", "t1")).isEqualTo(1);
  }

  @Test
  void call_wrongPassword_namesServerAndNotThePassword() {
    String uri = server.rawUri(database).toString().replace("s3cret", "wr0ng");
    try (ColumnarStore stranger =
        new ClickHouseStore(new ClickHouseUri(java.net.URI.create(uri)))) {
      assertThatExceptionOfType(ColumnarException.class)
          .isThrownBy(() -> stranger.watermark(SOURCE))
          .withMessageContaining("127.0.0.1")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("wr0ng"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
    }
  }

  @Test
  void call_nobodyListens_fails() {
    try (ColumnarStore absent =
        new ClickHouseStore(new ClickHouseUri(java.net.URI.create("http://127.0.0.1:1/sub30")))) {
      assertThatExceptionOfType(ColumnarException.class)
          .isThrownBy(() -> absent.countTicks("acme", "t1"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.FAILED));
    }
  }

  @Test
  void append_ofTwoMonths_isInTwoPartitions() throws Exception {
    Block.Batch november = batch("acme", "t1", 1, 3);
    Block.Batch december =
        new Block.Batch(
            "acme", "t1", 2, 2, Samples.MINUTE_MSC + 30L * 86_400_000, november.ticks());
    store.append(block(0, 2, november, december));

    assertThat(
            ask(
                "SELECT uniqExact(partition) FROM system.parts WHERE database='DB'"
                    + " AND table='ticks' AND active"))
        .isEqualTo("2");
    assertThat(store.countTicks("acme", "t1")).isEqualTo(6);
    assertThat(store.duplicates()).isZero();
  }
}
