package io.sub30.database.columnar;

import static io.sub30.database.columnar.Samples.MINUTE_MSC;
import static io.sub30.database.columnar.Samples.SOURCE;
import static io.sub30.database.columnar.Samples.at;
import static io.sub30.database.columnar.Samples.batch;
import static io.sub30.database.columnar.Samples.block;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sub30.config.RetentionConfig.Kept;
import io.sub30.database.columnar.ColumnarException.Reason;
import io.sub30.v1.TickColumns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every columnar store keeps to. */
abstract class ColumnarStoreContract {

  private static final String SYMBOL = "EURUSD";
  private static final long DAY_MILLIS = 86_400_000;

  ColumnarStore store;

  /** The store of the test that runs; the same one when it is called again. */
  abstract ColumnarStore openStore();

  @BeforeEach
  void open() {
    store = openStore();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    store = openStore();
  }

  @Test
  void watermark_newStore_isStart() {
    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);
    assertThat(store.setAside()).isZero();
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
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10)))
        .extracting(StoredBar::ticks)
        .containsExactly(3L);
  }

  @Test
  void append_aheadOfTheWatermark_leavesNothing() {
    assertThatExceptionOfType(ColumnarException.class)
        .isThrownBy(() -> store.append(block(1, 2, batch("acme", "t1", 2, 5_000))))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.STALE));

    assertThat(store.countTicks("acme", "t1")).isZero();
    assertThat(store.countBatches("acme", "t1")).isZero();
    assertThat(store.watermark(SOURCE)).isEqualTo(Watermark.START);
  }

  @Test
  void append_largeBlock_isStoredWhole() {
    Block.Batch[] batches = new Block.Batch[60];
    for (int i = 0; i < batches.length; i++) {
      batches[i] = batch("acme", "t1", i + 1, 2_500);
    }
    store.append(block(0, 60, batches));

    assertThat(store.countTicks("acme", "t1")).isEqualTo(150_000);
    assertThat(store.duplicates()).isZero();
  }

  @Test
  void open_again_keepsRowsAndWatermark() {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));
    reopen();

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
  void watermark_manyBlocksOfOneTransaction_isTheLast() {
    for (long id = 1; id <= 20; id++) {
      store.append(
          new Block(
              SOURCE,
              id == 1 ? Watermark.START : new Watermark(7, id - 1),
              new Watermark(7, id),
              List.of(),
              List.of()));
    }
    reopen();
    assertThat(store.watermark(SOURCE)).isEqualTo(new Watermark(7, 20));
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
  void append_poison_isCountedAndKept() {
    Block.Poison poison = new Block.Poison(at(1), "acme", "t1", 1, "undecodable: 'x' \\ \u20ac");
    store.append(new Block(SOURCE, at(0), at(1), List.of(), List.of(poison)));
    reopen();

    assertThat(store.setAside()).isEqualTo(1);
    assertThat(store.watermark(SOURCE)).isEqualTo(at(1));
  }

  // Each is stored under its name and found under it alone: as text of a statement it would find
  // the others too, or nothing, or be refused.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "' OR '1'='1",
        "\\' OR 1=1 --",
        "'; DROP TABLE ticks; --",
        "a\\",
        "\\x27",
        "\" OR \"\"=\"",
        "{tenant:String}",
        "?",
        "$1",
        "a/*b*/",
        "line\nbreak\ttab",
        "\u20ac\uD83D\uDCB6 \u0416",
        "\u02bc OR 1=1",
        " FORMAT TSV",
      })
  void names_ofAnyText_areTextAlone(String name) {
    Block.Batch hostile =
        new Block.Batch(name, name, 1, 1, MINUTE_MSC, named(Samples.columns(2, MINUTE_MSC), name));
    store.append(block(0, 2, hostile, batch("acme", "t1", 1, 3)));

    assertThat(store.countBatches(name, name)).isEqualTo(1);
    assertThat(store.countTicks(name, name)).isEqualTo(2);
    SeriesQuery own = new SeriesQuery(name, name, name, 0, Long.MAX_VALUE, 10);
    assertThat(store.ticks(own)).hasSize(2);
    assertThat(store.bars(own)).extracting(StoredBar::ticks).containsExactly(2L);
    assertThat(store.lastQuote(name, name, name)).isPresent();
    assertThat(store.countTicks("acme", name)).isZero();
    assertThat(store.ticks(new SeriesQuery("acme", "t1", name, 0, Long.MAX_VALUE, 10))).isEmpty();
    assertThat(store.countTicks("acme", "t1")).isEqualTo(3);
  }

  @Test
  void erase_tenant_takesAllOfItAndNothingElse() {
    Block.Poison poison = new Block.Poison(at(3), "acme", "t1", 9, "broken");
    Block.Poison others = new Block.Poison(at(4), "acme_", "t1", 9, "broken");
    store.append(
        new Block(
            SOURCE,
            at(0),
            at(4),
            List.of(
                batch("acme", "t1", 1, 70), batch("acme", "t2", 1, 2), batch("acme_", "t1", 1, 5)),
            List.of(poison, others)));
    TenantRows all = store.held("acme");
    TenantRows other = store.held("acme_");
    assertThat(all).isEqualTo(new TenantRows(72, 3, 2, 1));
    assertThat(other).isEqualTo(new TenantRows(5, 1, 1, 1));

    assertThat(store.erase("' OR '1'='1")).isEqualTo(new TenantRows(0, 0, 0, 0));
    assertThat(store.erase("acm%")).isEqualTo(new TenantRows(0, 0, 0, 0));
    assertThat(store.held("acme")).isEqualTo(all);
    assertThat(store.erase("acme")).isEqualTo(all);

    assertThat(store.held("acme")).isEqualTo(new TenantRows(0, 0, 0, 0));
    assertThat(store.held("acme_")).isEqualTo(other);
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10))).isEmpty();
    assertThat(store.lastQuote("acme", "t1", SYMBOL)).isEmpty();
    assertThat(store.lastQuote("acme_", "t1", SYMBOL)).isPresent();
    assertThat(store.setAside()).isEqualTo(1);
    assertThat(store.watermark(SOURCE)).isEqualTo(at(4));
    assertThat(store.duplicates()).isZero();
    assertThat(store.erase("acme")).isEqualTo(new TenantRows(0, 0, 0, 0));

    store.append(block(4, 5, batch("acme", "t1", 1, 3)));
    reopen();
    assertThat(store.held("acme")).isEqualTo(new TenantRows(3, 1, 1, 0));
  }

  @Test
  void expire_oneTenantsBatch_takesItAndLeavesTheBarsOfTheRest() {
    store.append(
        block(
            0,
            4,
            received("acme", 1, 70, MINUTE_MSC, MINUTE_MSC),
            received("acme", 2, 10, MINUTE_MSC + 2 * DAY_MILLIS, MINUTE_MSC + 75_000),
            received("beta", 1, 5, MINUTE_MSC, MINUTE_MSC),
            received("gamma", 1, 5, MINUTE_MSC, MINUTE_MSC)));
    TenantRows beta = store.held("beta");
    Kept hostile = new Kept(Duration.ZERO, Map.of("' OR '1'='1", Duration.ofDays(1)));
    Kept kept =
        new Kept(Duration.ZERO, Map.of("acme", Duration.ofDays(8), "beta", Duration.ofDays(10)));
    long now = MINUTE_MSC + 9 * DAY_MILLIS;

    assertThat(store.expire(hostile, now)).isEqualTo(ExpiredRows.NONE);
    assertThat(store.expire(kept, MINUTE_MSC + 8 * DAY_MILLIS)).isEqualTo(ExpiredRows.NONE);
    assertThat(store.expire(kept, now)).isEqualTo(new ExpiredRows(1, 70));
    assertThat(store.expire(kept, now)).isEqualTo(ExpiredRows.NONE);

    assertThat(store.countBatches("acme", "t1")).isEqualTo(1);
    assertThat(store.ticks(query(0, Long.MAX_VALUE, 100)))
        .extracting(StoredTick::sequence)
        .containsOnly(2L)
        .hasSize(10);
    List<StoredBar> bars = store.bars(query(0, Long.MAX_VALUE, 10));
    assertThat(bars).extracting(StoredBar::openMsc).containsExactly(MINUTE_MSC + 60_000);
    assertThat(bars).extracting(StoredBar::ticks).containsExactly(10L);
    assertThat(bars.get(0).open()).isEqualTo((1.1 + 1.2) / 2);
    assertThat(store.held("beta")).isEqualTo(beta);
    assertThat(store.held("gamma")).isEqualTo(beta);
    assertThat(store.duplicates()).isZero();
    assertThat(store.watermark(SOURCE)).isEqualTo(at(4));
  }

  @Test
  void expire_wholeMonthsOfEverybody_leavesTheWatermarkAndGoesOn() {
    store.append(
        block(
            0,
            4,
            received("acme", 1, 3, MINUTE_MSC, MINUTE_MSC),
            received("acme", 2, 4, MINUTE_MSC + 30 * DAY_MILLIS, MINUTE_MSC),
            received("beta", 1, 5, MINUTE_MSC + 30 * DAY_MILLIS, MINUTE_MSC),
            received("beta", 2, 6, MINUTE_MSC + 90 * DAY_MILLIS, MINUTE_MSC)));
    Kept kept = new Kept(Duration.ofDays(1), Map.of());
    long now = MINUTE_MSC + 90 * DAY_MILLIS;
    long batches = 0;
    long ticks = 0;
    for (ExpiredRows step = store.expire(kept, now);
        step.batches() > 0;
        step = store.expire(kept, now)) {
      batches += step.batches();
      ticks += step.ticks();
    }

    assertThat(batches).isEqualTo(3);
    assertThat(ticks).isEqualTo(12);
    assertThat(store.held("acme")).isEqualTo(new TenantRows(0, 0, 0, 0));
    assertThat(store.held("beta")).isEqualTo(new TenantRows(6, 1, 1, 0));
    assertThat(store.duplicates()).isZero();
    reopen();
    assertThat(store.watermark(SOURCE)).isEqualTo(at(4));
    store.append(block(4, 5, received("acme", 3, 2, now, MINUTE_MSC)));
    assertThat(store.held("acme")).isEqualTo(new TenantRows(2, 1, 1, 0));
  }

  @Test
  void expire_randomTicks_barsAreThoseOfWhatIsLeft() {
    Random random = new Random(31);
    List<StoredTick> all = new ArrayList<>();
    Block.Batch[] batches = new Block.Batch[20];
    for (int i = 0; i < batches.length; i++) {
      Block.Batch made = randomBatch(random, i + 1, all);
      long receivedMsc = MINUTE_MSC + random.nextInt(10) * DAY_MILLIS;
      batches[i] = new Block.Batch("acme", "t1", i + 1, i + 1, receivedMsc, made.ticks());
    }
    store.append(block(0, 1, batches));
    Kept kept = new Kept(Duration.ofDays(5), Map.of());
    long now = MINUTE_MSC + 10 * DAY_MILLIS;
    while (store.expire(kept, now).batches() > 0) {
      assertThat(store.duplicates()).isZero();
    }

    List<StoredTick> left =
        all.stream()
            .filter(
                tick ->
                    batches[(int) tick.sequence() - 1].receivedMsc() >= MINUTE_MSC + 5 * DAY_MILLIS)
            .toList();
    assertThat(left).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(store.countTicks("acme", "t1")).isEqualTo(left.size());
    assertThat(store.bars(query(0, Long.MAX_VALUE, 10_000))).isEqualTo(expectedBars(left));
  }

  private static Block.Batch received(
      String tenant, long sequence, int ticks, long receivedMsc, long fromMsc) {
    return new Block.Batch(
        tenant, "t1", sequence, sequence, receivedMsc, Samples.columns(ticks, fromMsc));
  }

  @Test
  void queries_otherTenant_seeNothing() {
    store.append(block(0, 1, batch("acme", "t1", 1, 3)));

    SeriesQuery other = new SeriesQuery("other", "t1", SYMBOL, 0, Long.MAX_VALUE, 10);
    assertThat(store.countBatches("other", "t1")).isZero();
    assertThat(store.countTicks("other", "t1")).isZero();
    assertThat(store.ticks(other)).isEmpty();
    assertThat(store.bars(other)).isEmpty();
    assertThat(store.lastQuote("other", "t1", SYMBOL)).isEmpty();
  }

  @Test
  void duplicates_incompleteBatch_isCounted() {
    TickColumns sameIndex = Samples.columns(2, MINUTE_MSC).toBuilder().setIndex(1, 0).build();
    store.append(
        block(
            0,
            1,
            batch("acme", "t1", 1, 3),
            new Block.Batch("acme", "t3", 1, 1, MINUTE_MSC, sameIndex)));
    assertThat(store.duplicates()).isEqualTo(1);
  }

  @Test
  void ticks_range_isHalfOpenOrderedAndLimited() {
    store.append(block(0, 1, batch("acme", "t1", 1, 5)));

    assertThat(store.ticks(query(MINUTE_MSC + 1_000, MINUTE_MSC + 4_000, 10)))
        .extracting(StoredTick::index)
        .containsExactly(1, 2, 3);
    assertThat(store.ticks(query(0, Long.MAX_VALUE, 2)))
        .extracting(StoredTick::index)
        .containsExactly(0, 1);
    assertThat(store.ticks(query(0, Long.MAX_VALUE, 1)).get(0))
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

    List<StoredBar> bars = store.bars(query(0, Long.MAX_VALUE, 10));

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

  @Test
  void bars_rangeWithinMinutes_hasBarsOfTheTicksInIt() {
    store.append(block(0, 1, batch("acme", "t1", 1, 200)));

    List<StoredBar> bars = store.bars(query(MINUTE_MSC + 30_000, MINUTE_MSC + 130_000, 10));

    assertThat(bars)
        .extracting(StoredBar::openMsc)
        .containsExactly(MINUTE_MSC, MINUTE_MSC + 60_000, MINUTE_MSC + 120_000);
    assertThat(bars).extracting(StoredBar::ticks).containsExactly(30L, 60L, 10L);
    assertThat(store.bars(query(MINUTE_MSC + 30_000, MINUTE_MSC + 130_000, 2)))
        .isEqualTo(bars.subList(0, 2));
    assertThat(store.bars(query(MINUTE_MSC + 61_000, MINUTE_MSC + 63_000, 10)))
        .extracting(StoredBar::ticks)
        .containsExactly(2L);
    assertThat(store.bars(query(MINUTE_MSC, MINUTE_MSC, 10))).isEmpty();
  }

  // Whatever the order the ticks came in and however they were cut into batches and blocks.
  @Test
  void bars_randomTicksInManyBlocks_areThoseOfAllTicks() {
    Random random = new Random(30);
    List<StoredTick> all = new ArrayList<>();
    long sequence = 0;
    for (long position = 0; position < 8; position++) {
      Block.Batch[] batches = new Block.Batch[1 + random.nextInt(4)];
      for (int i = 0; i < batches.length; i++) {
        batches[i] = randomBatch(random, ++sequence, all);
      }
      store.append(block(position, position + 1, batches));
    }

    assertThat(store.bars(query(0, Long.MAX_VALUE, 10_000))).isEqualTo(expectedBars(all));
    assertThat(store.duplicates()).isZero();
    StoredTick last = store.lastQuote("acme", "t1", SYMBOL).orElseThrow();
    assertThat(last).isEqualTo(priced(all).get(priced(all).size() - 1));
  }

  // What an engine knows of the rows of one moment (that there are none, their least and greatest
  // values) is not true of those of the next: each block has values that none before it had.
  @Test
  void readings_askedBefore_seeWhatIsAppendedLater() {
    SeriesQuery whole = query(0, Long.MAX_VALUE, 10_000);
    SeriesQuery withinMinutes = query(MINUTE_MSC - 1, MINUTE_MSC + 500 * DAY_MILLIS + 1, 10_000);
    List<StoredTick> all = new ArrayList<>();
    assertReadings(whole, withinMinutes, 0, all);
    for (int position = 0; position < 12; position++) {
      Block.Batch batch = unlikeBefore(position, all);
      store.append(block(position, position + 1, batch));
      assertReadings(whole, withinMinutes, position + 1, all);
    }
  }

  private void assertReadings(
      SeriesQuery whole, SeriesQuery withinMinutes, int batches, List<StoredTick> all) {
    List<StoredTick> priced = priced(all);
    assertThat(store.duplicates()).as("not once, of %d", batches).isZero();
    assertThat(store.countBatches("acme", "t1")).isEqualTo(batches);
    assertThat(store.countTicks("acme", "t1")).isEqualTo(all.size());
    assertThat(store.ticks(whole)).isEqualTo(all);
    assertThat(store.bars(whole)).isEqualTo(expectedBars(all));
    assertThat(store.bars(withinMinutes)).isEqualTo(expectedBars(all));
    assertThat(store.barsUpTo(SOURCE, whole))
        .isEqualTo(BarsUpTo.of(expectedBars(all), at(batches)));
    assertThat(store.lastQuote("acme", "t1", SYMBOL))
        .isEqualTo(
            priced.isEmpty() ? Optional.empty() : Optional.of(priced.get(priced.size() - 1)));
  }

  /** Later than all, of a larger sequence, with more ticks, and prices of another kind. */
  private static Block.Batch unlikeBefore(int position, List<StoredTick> all) {
    long sequence = 1L << (5 * position);
    int count = 1 + 30 * position;
    long fromMsc = MINUTE_MSC + position * 40 * DAY_MILLIS;
    TickColumns.Builder columns = Samples.columns(count, fromMsc).toBuilder();
    for (int i = 0; i < count; i++) {
      double bid = position % 3 == 2 ? 0 : 1 + position;
      double last = position % 3 == 2 ? 100.0 * position : 0;
      int quality = position % 4 == 3 ? 1 : 0;
      columns.setBid(i, bid).setAsk(i, bid).setLast(i, last).setQuality(i, quality);
      long timeMsc = fromMsc + i * 1_000L;
      all.add(new StoredTick(sequence, i, timeMsc, bid, bid, last, 0, 6, quality, MINUTE_MSC));
    }
    return new Block.Batch("acme", "t1", sequence, sequence, MINUTE_MSC, columns.build());
  }

  private static Block.Batch randomBatch(Random random, long sequence, List<StoredTick> all) {
    int count = 1 + random.nextInt(40);
    TickColumns.Builder columns = Samples.columns(count, MINUTE_MSC).toBuilder();
    for (int i = 0; i < count; i++) {
      long timeMsc = MINUTE_MSC + random.nextInt(10 * 60_000);
      double bid = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(100) / 64.0;
      double ask = bid == 0 ? 0 : bid + 1 / 64.0;
      double last = random.nextBoolean() ? 0 : 1.5;
      int quality = random.nextInt(5) == 0 ? 1 : 2;
      columns.setTimeMsc(i, timeMsc).setBid(i, bid).setAsk(i, ask).setLast(i, last);
      columns.setQuality(i, quality);
      all.add(new StoredTick(sequence, i, timeMsc, bid, ask, last, 0, 6, quality, MINUTE_MSC));
    }
    return new Block.Batch("acme", "t1", sequence, sequence, MINUTE_MSC, columns.build());
  }

  private static double mid(StoredTick tick) {
    return tick.bid() > 0 && tick.ask() > 0 ? (tick.bid() + tick.ask()) / 2 : tick.last();
  }

  private static List<StoredTick> priced(List<StoredTick> all) {
    return all.stream()
        .filter(tick -> (tick.quality() & 1) == 0 && mid(tick) > 0)
        .sorted(
            java.util.Comparator.comparingLong(StoredTick::timeMsc)
                .thenComparingLong(StoredTick::sequence)
                .thenComparingInt(StoredTick::index))
        .toList();
  }

  private static List<StoredBar> expectedBars(List<StoredTick> all) {
    TreeMap<Long, StoredBar> bars = new TreeMap<>();
    for (StoredTick tick : priced(all)) {
      double mid = mid(tick);
      bars.merge(
          tick.timeMsc() / 60_000 * 60_000,
          new StoredBar(tick.timeMsc() / 60_000 * 60_000, mid, mid, mid, mid, 1),
          (bar, one) ->
              new StoredBar(
                  bar.openMsc(),
                  bar.open(),
                  Math.max(bar.high(), mid),
                  Math.min(bar.low(), mid),
                  mid,
                  bar.ticks() + 1));
    }
    return List.copyOf(bars.values());
  }

  @Test
  void lastQuote_unpricedAndOutOfOrderTicks_areLeftOut() {
    TickColumns ticks =
        Samples.columns(4, MINUTE_MSC).toBuilder()
            .setQuality(2, 1)
            .setBid(3, 0)
            .setAsk(3, 0)
            .build();
    store.append(block(0, 1, new Block.Batch("acme", "t1", 1, 1, MINUTE_MSC, ticks)));

    assertThat(store.lastQuote("acme", "t1", SYMBOL).orElseThrow().index()).isEqualTo(1);
    assertThat(store.lastQuote("acme", "t1", "GBPUSD")).isEmpty();
    assertThat(store.lastQuote("acme", "t2", SYMBOL)).isEmpty();
  }

  private static TickColumns named(TickColumns columns, String symbol) {
    return columns.toBuilder().setSymbols(0, symbol).build();
  }

  static SeriesQuery query(long fromMsc, long toMsc, int limit) {
    return new SeriesQuery("acme", "t1", SYMBOL, fromMsc, toMsc, limit);
  }
}
