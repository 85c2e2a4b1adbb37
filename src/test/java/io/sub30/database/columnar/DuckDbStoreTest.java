package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.MINUTE_MSC;
import static io.sub30.database.columnar.Samples.SOURCE;
import static io.sub30.database.columnar.Samples.at;
import static io.sub30.database.columnar.Samples.batch;
import static io.sub30.database.columnar.Samples.block;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sub30.database.columnar.ColumnarException.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DuckDbStoreTest extends ColumnarStoreContract {

  @TempDir Path folder;

  @Override
  ColumnarStore openStore() {
    return DuckDbStore.open(file(), 128L << 20);
  }

  private Path file() {
    return folder.resolve("columnar/ticks.duckdb");
  }

  // The refusal comes after the rows were appended, so this is the proof that the appender takes
  // part in the transaction.
  @Test
  void append_failsBetweenRows_leavesNothingAndStoreWorksOn() {
    List<Block.Batch> breaking =
        new AbstractList<>() {
          @Override
          public Block.Batch get(int index) {
            if (index == 1) {
              throw new IllegalStateException("broken");
            }
            return batch("acme", "t1", index, 5_000);
          }

          @Override
          public int size() {
            return 2;
          }
        };
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> store.append(new Block(SOURCE, at(0), at(2), breaking, List.of())));

    assertThat(store.countTicks("acme", "t1")).isZero();
    store.append(block(0, 1, batch("acme", "t1", 1, 4)));
    assertThat(store.countTicks("acme", "t1")).isEqualTo(4);
  }

  // Of one transaction: a batch that is in two blocks is an error of the relay, and is seen.
  @Test
  void duplicates_batchInTwoBlocks_isCounted() {
    Block.Batch twice = batch("acme", "t1", 1, 3);
    store.append(block(0, 1, twice, batch("acme", "t1", 2, 3), batch("acme", "t2", 1, 3)));
    assertThat(store.duplicates()).isZero();

    store.append(block(1, 2, twice));
    assertThat(store.duplicates()).isEqualTo(1);
  }

  @Test
  void open_fileWithoutBars_makesThemOfItsTicks() throws Exception {
    store.append(block(0, 1, batch("acme", "t1", 1, 130), batch("acme", "t2", 1, 5)));
    List<StoredBar> bars = store.bars(query(0, Long.MAX_VALUE, 10));
    assertThat(bars).hasSize(3);
    store.close();
    inFile("DROP TABLE bars; DROP TABLE schema_version");

    store = openStore();

    assertThat(store.bars(query(0, Long.MAX_VALUE, 10))).isEqualTo(bars);
    store.append(block(1, 2, batch("acme", "t1", 2, 130)));
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10)))
        .extracting(StoredBar::ticks)
        .containsExactly(120L, 120L, 20L);
    assertThat(store.lastQuote("acme", "t1", "EURUSD").orElseThrow().sequence()).isEqualTo(2);
  }

  @Test
  void open_fileOfANewerProgram_refuses() throws Exception {
    store.close();
    inFile("INSERT INTO schema_version VALUES (99)");

    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(this::openStore)
        .withMessageContaining("version 99");
  }

  @Test
  void append_rowsTheEngineRefuses_isRefusedNotFailed() throws Exception {
    store.close();
    inFile(
        """
        DROP TABLE batches;
        CREATE TABLE batches(
          tenant VARCHAR NOT NULL, terminal VARCHAR NOT NULL, sequence BIGINT NOT NULL,
          ordinal BIGINT NOT NULL, ticks INTEGER NOT NULL, received_msc BIGINT NOT NULL,
          CHECK (sequence <> 2))\
        """);
    store = openStore();

    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(
            () -> store.append(block(0, 2, batch("acme", "t1", 1, 3), batch("acme", "t1", 2, 3))))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));

    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);
    assertThat(store.countTicks("acme", "t1")).isZero();
    assertThat(store.bars(query(0, MINUTE_MSC * 2, 10))).isEmpty();
  }

  private void inFile(String statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file());
        Statement statement = connection.createStatement()) {
      statement.execute(statements);
    }
  }
}
