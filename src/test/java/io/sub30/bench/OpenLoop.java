package io.sub30.bench;

import io.sub30.budget.NanoClock;
import io.sub30.client.Answer;
import io.sub30.client.ClientOptions;
import io.sub30.client.Sub30Client;
import io.sub30.client.TickSupply;
import io.sub30.v1.Degraded;
import io.sub30.v1.Prediction;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Batches of several tenants, each sent once when it is due, whatever became of those before:
 * nothing is sent again, so a refusal is seen as a refusal. Latency counts from when a batch was
 * due. All tenants send the same ticks, each on a connection of its own.
 */
final class OpenLoop implements AutoCloseable {

  private static final int TICKS = 20;
  private static final int ATTEMPTS = 50;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long PAUSE_NANOS = 50_000_000;

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));
  private final Context context = vertx.getOrCreateContext();
  private final List<Sender> senders = new ArrayList<>();
  private final TickSupply supply;

  /** One tenant, and where it is in its ticks, which begin anew, days later, when they end. */
  private static final class Sender {
    final Sub30Client client;
    private final TickSupply supply;
    private TickSupply.Ticks ticks;
    private long firstMillis = Long.MAX_VALUE;
    private long lastMillis;
    private long shiftMillis;
    long sequence;

    Sender(Sub30Client client, TickSupply supply) throws IOException {
      this.client = client;
      this.supply = supply;
      this.ticks = supply.open();
    }

    Tick next() throws IOException {
      Tick tick = ticks.next();
      if (tick == null) {
        ticks.close();
        ticks = supply.open();
        shiftMillis += ((lastMillis - firstMillis) / DAY_MILLIS + 1) * DAY_MILLIS;
        tick = Objects.requireNonNull(ticks.next(), "there are no ticks to send");
      }
      firstMillis = Math.min(firstMillis, tick.getTimeMsc());
      lastMillis = Math.max(lastMillis, tick.getTimeMsc());
      return shiftMillis == 0
          ? tick
          : tick.toBuilder().setTimeMsc(tick.getTimeMsc() + shiftMillis).build();
    }
  }

  OpenLoop(TickSupply supply) {
    this.supply = supply;
  }

  void add(URI api, String token) throws IOException {
    senders.add(new Sender(new Sub30Client(vertx, ClientOptions.of(api, token)), supply));
  }

  /** What was seen of one run. */
  static final class Seen {
    final Map<Integer, Integer> statuses = new TreeMap<>();
    final Map<String, Integer> unanswered = new TreeMap<>();
    final Map<String, Integer> degraded = new TreeMap<>();
    final Map<String, Integer> sources = new TreeMap<>();
    final Histogram acknowledged = histogram();
    final Histogram refused = histogram();
    final List<TickBatch> unacknowledged = new ArrayList<>();
    final List<Long> lastRefusalNanos = new ArrayList<>();
    int sent;
    int duplicates;

    private static Histogram histogram() {
      return new Histogram(1_000, 60_000_000_000L, 3);
    }

    int status(int code) {
      return statuses.getOrDefault(code, 0);
    }

    static String millis(Histogram nanos) {
      return nanos.getTotalCount() == 0
          ? "-"
          : String.format(
              Locale.ROOT,
              "p50 %.2f p95 %.2f p99 %.2f max %.2f ms",
              nanos.getValueAtPercentile(50) / 1e6,
              nanos.getValueAtPercentile(95) / 1e6,
              nanos.getValueAtPercentile(99) / 1e6,
              nanos.getMaxValue() / 1e6);
    }

    @Override
    public String toString() {
      return "sent "
          + sent
          + ", statuses "
          + statuses
          + (unanswered.isEmpty() ? "" : " " + unanswered)
          + ", acknowledged "
          + millis(acknowledged)
          + ", others "
          + millis(refused)
          + ", degraded "
          + degraded
          + ", predictions "
          + sources;
    }
  }

  /** Sends at that rate for that long, from this thread, and waits for the answers. */
  Seen run(double batchesPerSecond, double seconds) throws IOException, InterruptedException {
    Seen seen = new Seen();
    int count = (int) (batchesPerSecond * seconds);
    CountDownLatch open = new CountDownLatch(count);
    long startNanos = NanoClock.SYSTEM.nanoTime() + 5_000_000;
    for (int i = 0; i < count; i++) {
      Sender sender = senders.get(i % senders.size());
      TickBatch batch = batch(sender);
      long dueNanos = startNanos + (long) (i * 1e9 / batchesPerSecond);
      for (long left = dueNanos - NanoClock.SYSTEM.nanoTime(); left > 0; ) {
        LockSupport.parkNanos(left);
        left = dueNanos - NanoClock.SYSTEM.nanoTime();
      }
      context.runOnContext(go -> send(sender, batch, dueNanos, seen, open));
    }
    seen.sent = count;
    if (!open.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException(open.getCount() + " batches were never answered");
    }
    return seen;
  }

  private static void send(
      Sender sender, TickBatch batch, long dueNanos, Seen seen, CountDownLatch open) {
    sender
        .client
        .submit(batch)
        .onComplete(
            answered -> {
              note(batch, answered.result(), NanoClock.SYSTEM.nanoTime() - dueNanos, seen);
              open.countDown();
            });
  }

  private static void note(TickBatch batch, Answer answer, long nanos, Seen seen) {
    seen.statuses.merge(answer.status(), 1, Integer::sum);
    if (answer.status() == Answer.NO_ANSWER) {
      seen.unanswered.merge(answer.summary(), 1, Integer::sum);
    }
    if (answer.result() == null || !answer.acknowledged()) {
      seen.refused.recordValue(Math.min(nanos, 59_000_000_000L));
      seen.unacknowledged.add(batch);
      seen.lastRefusalNanos.add(NanoClock.SYSTEM.nanoTime());
      return;
    }
    seen.acknowledged.recordValue(Math.min(nanos, 59_000_000_000L));
    seen.duplicates += answer.result().getDuplicate() ? 1 : 0;
    for (Degraded step : answer.result().getDegradedList()) {
      seen.degraded.merge(step.getHop() + ":" + step.getReason(), 1, Integer::sum);
    }
    for (Prediction prediction : answer.result().getPredictionsList()) {
      seen.sources.merge(prediction.getSource(), 1, Integer::sum);
    }
  }

  /**
   * Sends batches again, one after the other, each until it is acknowledged or has been refused
   * {@value #ATTEMPTS} times, a little apart, as a client does that was told to come back.
   */
  Seen resend(List<TickBatch> batches) throws InterruptedException {
    Seen seen = new Seen();
    seen.sent = batches.size();
    for (TickBatch batch : batches) {
      Sender sender = senders.get(senderOf(batch));
      int before = seen.status(200);
      for (int attempt = 0; attempt < ATTEMPTS && seen.status(200) == before; attempt++) {
        if (attempt > 0) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
        CountDownLatch open = new CountDownLatch(1);
        long dueNanos = NanoClock.SYSTEM.nanoTime();
        context.runOnContext(go -> send(sender, batch, dueNanos, seen, open));
        open.await(60, TimeUnit.SECONDS);
      }
    }
    return seen;
  }

  private static int senderOf(TickBatch batch) {
    return Integer.parseInt(batch.getTerminal().substring(1));
  }

  private TickBatch batch(Sender sender) throws IOException {
    TickBatch.Builder batch =
        TickBatch.newBuilder()
            .setTerminal("t" + senders.indexOf(sender))
            .setSequence(++sender.sequence);
    while (batch.getTicksCount() < TICKS) {
      batch.addTicks(sender.next());
    }
    return batch.build();
  }

  @Override
  public void close() {
    vertx.close();
  }
}
