package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.MINUTE_MSC;
import static io.sub30.database.columnar.Samples.SOURCE;
import static io.sub30.database.columnar.Samples.at;
import static io.sub30.database.columnar.Samples.batch;
import static io.sub30.database.columnar.Samples.block;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sub30.database.columnar.ColumnarException.Reason;
import io.sub30.v1.TickColumns;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DuckDbStoreTest {

  @TempDir Path folder;
  private DuckDbStore store;

  @BeforeEach
  void open() {
    store = DuckDbStore.open(folder.resolve("columnar/ticks.duckdb"), 128L << 20);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void watermark_newStore_isStart() {
    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);
  }

  @Test
  void append_block_storesRowsAndWatermark() {
    store.append(block(0, 2, batch("acme", "t1", 1, 3), batch("acme", "t1", 2, 2)));

    assertThat(store.watermark(SOURCE)).isEqualTo(at(2));
    assertThat(store.countBatches("acme", "t1")).isEqualTo(2);
    assertThat(store.countTicks("acme", "t1")).isEqualTo(5);
    assertThat(store.duplicates()).isZero();
  }

  @Test
  void append_sameBlockTwice_countsOnce() {
    Block block = block(0, 1, batch("acme", "t1", 1, 3));
    store.append(block);

    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(() -> store.append(block))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.STALE));

    assertThat(store.countBatches("acme", "t1")).isEqualTo(1);
    assertThat(store.countTicks("acme", "t1")).isEqualTo(3);
  }

  // The refusal comes after the rows were appended, so this is the proof that the appender takes
  // part in the transaction.
  @Test
  void append_failsAtWatermark_leavesNoRows() {
    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(() -> store.append(block(1, 2, batch("acme", "t1", 2, 5_000))));

    assertThat(store.countTicks("acme", "t1")).isZero();
    assertThat(store.countBatches("acme", "t1")).isZero();
    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);
  }

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

  @Test
  void open_again_keepsRowsAndWatermark() {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));
    store.close();
    open();

    assertThat(store.watermark(SOURCE)).isEqualTo(at(1));
    assertThat(store.countTicks("acme", "t1")).isEqualTo(3);
  }

  @Test
  void watermark_transactionAboveSignedRange_survives() {
    Watermark high = new Watermark(-2, Long.MAX_VALUE);
    store.append(new Block(SOURCE, Watermark.START, high, List.of(), List.of()));

    assertThat(store.watermark(SOURCE)).isEqualTo(high);
    assertThat(high).isGreaterThan(new Watermark(Long.MAX_VALUE, 0));
  }

  @Test
  void watermark_otherSource_refuses() {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));

    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(() -> store.watermark("7400000000000000002/16384"))
        .withMessageContaining(SOURCE)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_SOURCE));
  }

  @Test
  void counts_otherTenantOrQuotedName_seeNothing() {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));

    assertThat(store.countBatches("other", "t1")).isZero();
    assertThat(store.countBatches("' OR '1'='1", "t1")).isZero();
    assertThat(store.ticks(query("other", 10))).isEmpty();
  }

  @Test
  void duplicates_repeatedOrIncompleteBatch_areCounted() {
    Block.Batch twice = batch("acme", "t1", 1, 3);
    store.append(block(0, 1, twice, batch("acme", "t1", 2, 3), batch("acme", "t2", 1, 3)));
    assertThat(store.duplicates()).isZero();

    store.append(block(1, 2, twice));
    assertThat(store.duplicates()).isEqualTo(1);

    TickColumns sameIndex = Samples.columns(2, MINUTE_MSC).toBuilder().setIndex(1, 0).build();
    store.append(block(2, 3, new Block.Batch("acme", "t3", 1, 1, MINUTE_MSC, sameIndex)));
    assertThat(store.duplicates()).isEqualTo(2);
  }

  @Test
  void ticks_range_isHalfOpenOrderedAndLimited() {
    store.append(block(0, 1, batch("acme", "t1", 1, 5)));
    SeriesQuery range =
        new SeriesQuery("acme", "t1", "EURUSD", MINUTE_MSC + 1_000, MINUTE_MSC + 4_000, 10);

    assertThat(store.ticks(range)).extracting(StoredTick::index).containsExactly(1, 2, 3);
    assertThat(store.ticks(query("acme", 2))).extracting(StoredTick::index).containsExactly(0, 1);
    assertThat(store.ticks(query("acme", 1)).get(0))
        .isEqualTo(new StoredTick(1, 0, MINUTE_MSC, 1.1, 1.2, 0, 0, 6, 0, MINUTE_MSC));
  }

  @Test
  void bars_ticksOfTwoMinutes_foldMidsAndSkipOutOfOrder() {
    TickColumns ticks =
        Samples.columns(70, MINUTE_MSC).toBuilder()
            .setBid(7, 9.0)
            .setAsk(7, 9.0)
            .setQuality(7, 1)
            .build();
    store.append(block(0, 1, new Block.Batch("acme", "t1", 1, 1, MINUTE_MSC, ticks)));

    List<StoredBar> bars = store.bars(query("acme", 10));

    assertThat(bars)
        .extracting(StoredBar::openMsc)
        .containsExactly(MINUTE_MSC, MINUTE_MSC + 60_000);
    assertThat(bars).extracting(StoredBar::ticks).containsExactly(59L, 10L);
    StoredBar first = bars.get(0);
    assertThat(first.open()).isEqualTo((1.1 + 1.2) / 2);
    assertThat(first.low()).isEqualTo(first.open());
    assertThat(first.high()).isEqualTo(first.close());
    assertThat(first.close()).isCloseTo(1.209, org.assertj.core.data.Offset.offset(1e-9));
  }

  private static SeriesQuery query(String tenant, int limit) {
    return new SeriesQuery(tenant, "t1", "EURUSD", 0, Long.MAX_VALUE, limit);
  }
}
