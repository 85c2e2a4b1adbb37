package io.sub30.database.columnar;

import io.sub30.budget.BreakerStatus;
import io.sub30.budget.NanoClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves committed intake rows into the columnar store: read a page, append it, and again. One page
 * is in flight at a time, so a slow store slows the reading and memory stays within a page.
 *
 * <p>Both sides may fail at any point. The position is the store's own watermark, read again after
 * every failure, so an append whose outcome is unknown is neither lost nor counted twice.
 *
 * <p>Thread: all state belongs to the context the relay was created on; {@link #status()} may be
 * read from anywhere.
 */
final class Relay {

  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** Between two pages that were not full: nearly full ones come sooner, empty ones later. */
  private static final int LEAST_PAUSE_MILLIS = 50;

  /** When somebody waits for the relay. */
  private static final int AWAITED_PAUSE_MILLIS = 10;

  /** Cycles come four times a second when idle and about as often when pages are full. */
  private static final int CYCLES_PER_BACKLOG = 4;

  private static final int MOST_WAITERS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final PgConnectOptions intakeOptions;
  private final RelayTarget store;
  private final ColumnarOptions options;
  private final NanoClock clock = NanoClock.SYSTEM;
  private final BackOff backOff;
  private final List<Waiter> waiters = new ArrayList<>();

  private volatile RelayStatus status = RelayStatus.STARTING;
  private volatile @Nullable String source;
  private @Nullable IntakeReader intake;
  private @Nullable Watermark watermark;
  private @Nullable Watermark lastKnown;
  private Future<Void> cycle = Future.succeededFuture();
  private long timer = -1;
  private int cycles;
  private long triedNanos;
  private boolean closed;

  /** Somebody who wants to know when everything committed before the call is relayed. */
  private static final class Waiter {
    final Promise<Void> promise = Promise.promise();
    @Nullable Watermark target;
  }

  /** To be created on the context that is to run it. */
  Relay(Vertx vertx, PgConnectOptions intakeOptions, RelayTarget store, ColumnarOptions options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.intakeOptions = intakeOptions;
    this.store = store;
    this.options = options;
    this.backOff = new BackOff(options.breaker(), clock);
  }

  /** Begins; neither side needs to be up yet. */
  void start() {
    context.runOnContext(ignored -> run());
  }

  RelayStatus status() {
    return status;
  }

  /** Names the intake it reads; null until it was reached. From any thread. */
  @Nullable String source() {
    return source;
  }

  /** How attempts are paced; on the relay's context. */
  BreakerStatus breaker() {
    return backOff.status();
  }

  /** Completes when everything committed before this call is in the store. */
  Future<Void> caughtUp() {
    Waiter waiter = new Waiter();
    context.runOnContext(
        ignored -> {
          if (closed || waiters.size() >= MOST_WAITERS) {
            waiter.promise.fail(
                new IllegalStateException(closed ? "the relay is closed" : "too many wait"));
            return;
          }
          waiters.add(waiter);
          if (vertx.cancelTimer(timer)) {
            run();
          }
        });
    return waiter.promise.future();
  }

  /** Stops after the append in flight, if any. */
  Future<Void> close() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        ignored -> {
          closed = true;
          vertx.cancelTimer(timer);
          waiters.forEach(w -> w.promise.fail(new IllegalStateException("the relay is closed")));
          waiters.clear();
          // Closing the connection ends a read in flight; an append in flight is waited for.
          dropIntake();
          cycle.onComplete(ended -> done.complete());
        });
    return done.future();
  }

  private void run() {
    if (closed) {
      return;
    }
    backOff.trying();
    triedNanos = clock.nanoTime();
    Promise<Void> ended = Promise.promise();
    cycle = ended.future();
    // From a future, so that whatever a step throws is a failed cycle and not a dead relay.
    Future.succeededFuture()
        .compose(ignored -> step())
        .onComplete(
            pause -> {
              ended.complete();
              if (pause.succeeded()) {
                backOff.succeeded();
                schedule(
                    waiters.isEmpty()
                        ? pause.result()
                        : Math.min(pause.result(), AWAITED_PAUSE_MILLIS));
              } else {
                failed(pause.cause());
              }
            });
  }

  private void schedule(int millis) {
    if (!closed) {
      timer = vertx.setTimer(Math.max(1, millis), ignored -> run());
    }
  }

  /** One cycle; the milliseconds until the next. */
  private Future<Integer> step() {
    return connected()
        .compose(
            reader ->
                measure(reader)
                    .compose(measured -> positioned(reader))
                    .compose(position -> aim(reader).map(position))
                    .compose(position -> reader.page(position, options))
                    .compose(page -> deliver(reader, page)));
  }

  private Future<IntakeReader> connected() {
    IntakeReader reader = intake;
    if (reader != null) {
      return Future.succeededFuture(reader);
    }
    return IntakeReader.connect(vertx, intakeOptions, options.role())
        .onSuccess(
            connected -> {
              intake = connected;
              source = connected.source();
              if (closed) {
                dropIntake();
              }
            });
  }

  private Future<Watermark> positioned(IntakeReader reader) {
    Watermark position = watermark;
    if (position != null) {
      return Future.succeededFuture(position);
    }
    return store
        .position(reader.source())
        .map(
            stored -> {
              watermark = stored.watermark();
              lastKnown = stored.watermark();
              status = status.withSetAside(stored.setAside());
              return stored.watermark();
            });
  }

  /** Gives the waiters that have none yet their target. */
  private Future<Void> aim(IntakeReader reader) {
    List<Waiter> aimless = new ArrayList<>();
    for (Waiter waiter : waiters) {
      if (waiter.target == null) {
        aimless.add(waiter);
      }
    }
    if (aimless.isEmpty()) {
      return Future.succeededFuture();
    }
    return reader
        .newest()
        .map(
            newest -> {
              aimless.forEach(waiter -> waiter.target = newest);
              return null;
            });
  }

  /** Also while the store is away: then the lag is what everybody looks at. */
  private Future<Void> measure(IntakeReader reader) {
    Watermark position = lastKnown;
    if (position == null || watermark != null && cycles++ % CYCLES_PER_BACKLOG != 0) {
      return Future.succeededFuture();
    }
    return reader
        .backlog(position)
        .map(
            backlog -> {
              status = status.behind(backlog.rows(), backlog.oldestMillis());
              return null;
            });
  }

  private Future<Integer> deliver(IntakeReader reader, List<IntakeRow> page) {
    Watermark after = watermark;
    if (page.isEmpty() || after == null) {
      recovered();
      status = status.idle();
      release();
      return Future.succeededFuture(options.pollMillis());
    }
    long startNanos = clock.nanoTime();
    return store
        .append(reader.source(), after, page)
        .map(
            block -> {
              backOff.appended(clock.nanoTime() - startNanos);
              recovered();
              watermark = block.upTo();
              lastKnown = block.upTo();
              status = status.relayed(block);
              report(block);
              release();
              return pauseMillis(page);
            });
  }

  /** Half a page or more: at once, there may be a backlog. Less: the emptier, the later. */
  private int pauseMillis(List<IntakeRow> page) {
    long ticks = 0;
    long bytes = 0;
    for (IntakeRow row : page) {
      ticks += row.tickCount();
      bytes += row.ticks().length();
    }
    double fill =
        Math.max(
            (double) page.size() / options.pageRows(),
            Math.max((double) ticks / options.pageTicks(), (double) bytes / options.pageBytes()));
    int least = Math.min(LEAST_PAUSE_MILLIS, options.pollMillis());
    return fill >= 0.5
        ? 0
        : (int) (options.pollMillis() - (options.pollMillis() - least) * 2 * fill);
  }

  private void release() {
    Watermark reached = watermark;
    if (reached == null) {
      return;
    }
    for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
      Waiter waiter = all.next();
      Watermark target = waiter.target;
      if (target != null && target.compareTo(reached) <= 0) {
        all.remove();
        waiter.promise.complete();
      }
    }
  }

  private void report(Block block) {
    if (!block.poison().isEmpty()) {
      Block.Poison first = block.poison().get(0);
      LOG.error(
          "relay set {} batches aside, first {}/{}/{}: {}; all are in relay_poison",
          block.poison().size(),
          first.tenant(),
          first.terminal(),
          first.sequence(),
          first.reason());
    }
  }

  private void recovered() {
    if (!status.healthy() && status.failures() > 0) {
      LOG.info("relay is back after {}", status.detail());
    }
  }

  /** Whatever went wrong, on either side: start again from the store's own watermark, later. */
  private void failed(Throwable cause) {
    if (closed) {
      return;
    }
    boolean storeFailed = cause instanceof ColumnarException;
    String detail = (storeFailed ? "" : "intake: ") + cause;
    // Once an outage, not once an attempt.
    if (status.healthy() || status.failures() == 0) {
      if (named(cause)) {
        LOG.warn("relay is interrupted, tries again: {}", detail);
      } else {
        LOG.error("relay is interrupted by what looks like a bug, tries again", cause);
      }
    }
    status = status.failed(detail);
    watermark = null;
    if (!storeFailed) {
      dropIntake();
    }
    schedule(backOff.failed(clock.nanoTime() - triedNanos, detail));
  }

  private static boolean named(Throwable cause) {
    return cause instanceof ColumnarException
        || cause instanceof VertxException
        || cause instanceof DatabaseException
        || cause instanceof IOException
        || cause instanceof TimeoutException;
  }

  private void dropIntake() {
    IntakeReader reader = intake;
    intake = null;
    if (reader != null) {
      reader.close().onFailure(e -> LOG.debug("closing the intake connection", e));
    }
  }
}
