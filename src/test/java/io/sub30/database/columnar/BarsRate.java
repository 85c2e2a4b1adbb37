package io.sub30.database.columnar;

import io.sub30.budget.NanoClock;
import io.sub30.v1.TickColumns;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * How long a day's M1 bars of one symbol take from a store that holds ten million ticks. Run by
 * {@code io.sub30.bench.BarsBenchmark}.
 */
public final class BarsRate implements AutoCloseable {

  private static final int BLOCKS = 100;
  private static final int BATCHES_A_BLOCK = 5_000;
  private static final int TICKS_A_BATCH = 20;
  private static final int SYMBOLS = 10;

  /** Between two ticks of all symbols: ten million take ten days. */
  private static final int STEP_MILLIS = 86;

  private static final long DAY_MILLIS = 86_400_000;
  private static final int WARM_UPS = 50;
  private static final int CALLS = 500;

  private final ColumnarStore store;
  private final Random random = new Random(10_000_000);
  private final double[] mids = new double[SYMBOLS];

  private BarsRate(ColumnarStore store) {
    this.store = store;
    Arrays.fill(mids, 1.1);
  }

  /** An empty DuckDB file. */
  public static BarsRate duckDb(Path file) {
    return new BarsRate(DuckDbStore.open(file, 256L << 20));
  }

  /** A fresh database. */
  public static BarsRate clickHouse(ClickHouseServer server) {
    return new BarsRate(new ClickHouseStore(server.uri("bars")));
  }

  /**
   * Appends ten million ticks of a seeded random walk: ten symbols, batches of twenty ticks.
   *
   * @return ticks a second
   */
  public double fill() {
    long began = NanoClock.SYSTEM.nanoTime();
    long tick = 0;
    for (long block = 0; block < BLOCKS; block++) {
      Block.Batch[] batches = new Block.Batch[BATCHES_A_BLOCK];
      for (int i = 0; i < batches.length; i++) {
        long sequence = block * BATCHES_A_BLOCK + i + 1;
        batches[i] = batch(sequence, (int) (sequence % SYMBOLS), tick);
        tick += TICKS_A_BATCH;
      }
      store.append(Samples.block(block, block + 1, batches));
    }
    return tick * 1e9 / (NanoClock.SYSTEM.nanoTime() - began);
  }

  private Block.Batch batch(long sequence, int symbol, long firstTick) {
    TickColumns.Builder columns = TickColumns.newBuilder().addSymbols("SYM" + symbol);
    for (int i = 0; i < TICKS_A_BATCH; i++) {
      mids[symbol] += random.nextGaussian() * 1e-5;
      columns
          .addSymbol(0)
          .addIndex(i)
          .addTimeMsc(Samples.MINUTE_MSC + (firstTick + i) * STEP_MILLIS)
          .addBid(mids[symbol] - 1e-5)
          .addAsk(mids[symbol] + 1e-5)
          .addLast(0)
          .addVolume(0)
          .addFlags(6)
          .addQuality(0);
    }
    long receivedMsc = Samples.MINUTE_MSC + (firstTick + TICKS_A_BATCH) * STEP_MILLIS;
    return new Block.Batch("acme", "t1", sequence, sequence, receivedMsc, columns.build());
  }

  /** Median and 99th percentile of the calls, in milliseconds. */
  public record Taken(int bars, double medianMillis, double p99Millis) {}

  /** Asks for the bars of each of eight days of a symbol in turn. */
  public Taken bars() {
    long[] nanos = new long[CALLS];
    int bars = 0;
    for (int i = -WARM_UPS; i < CALLS; i++) {
      long fromMsc = Samples.MINUTE_MSC + (1 + Math.floorMod(i, 8)) * DAY_MILLIS;
      SeriesQuery query =
          new SeriesQuery("acme", "t1", "SYM3", fromMsc, fromMsc + DAY_MILLIS, 10_000);
      long began = NanoClock.SYSTEM.nanoTime();
      List<StoredBar> day = store.bars(query);
      if (i >= 0) {
        nanos[i] = NanoClock.SYSTEM.nanoTime() - began;
        bars = day.size();
      }
    }
    Arrays.sort(nanos);
    return new Taken(bars, nanos[CALLS / 2] / 1e6, nanos[CALLS * 99 / 100] / 1e6);
  }

  @Override
  public void close() {
    store.close();
  }
}
