package io.sub30.client;

import io.sub30.budget.NanoClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: reader thread → pacing thread → event loop. The loop alone knows how many batches are
 * unfinished; permits bound how many the pacing thread may have handed over.
 */
final class ReplayRun {
  /**
   * Batches that may wait beyond those in flight, all connections together: about 16 MiB at 20
   * ticks a batch.
   */
  private static final int WAITING_MAX = 16_384;

  /**
   * How long the last answers (and resends) are waited for after the last batch was due, beyond one
   * timeout.
   */
  private static final long DRAIN_MILLIS = 30_000;

  private static final long OPENING_MILLIS = 2_000;

  /** For so long, or so many requests, a connection is used before the clock starts. */
  private static final long REHEARSAL_NANOS = 1_200_000_000L;

  private static final int REHEARSALS = 500;

  private static final long PROGRESS_MILLIS = 250;

  /** Where a run's answers arrive, and the clock it measures with. */
  record Loop(Vertx vertx, Context context, NanoClock clock) {}

  private final ReplayPlan plan;
  private final ReplayListener listener;
  private final Loop loop;
  private final Lookahead lookahead;
  private final Semaphore room;
  private final Thread pacer;
  private final Tally tally = new Tally();
  private final List<TerminalLink> links = new ArrayList<>();
  private final List<Unacknowledged> unacknowledged = new ArrayList<>();
  private final Promise<ReplayOutcome> outcome = Promise.promise();
  private volatile boolean stopped;
  private long startNanos;
  private long lastAnswerNanos;
  private long unfinished;
  private boolean started;
  private boolean sealed;
  private boolean ended;

  ReplayRun(
      ReplayPlan plan, List<String> terminals, BatchFeed feed, ReplayListener listener, Loop loop) {
    this.plan = plan;
    this.listener = listener;
    this.loop = loop;
    this.lookahead = new Lookahead(feed);
    int waiting = plan.pace() instanceof Pace.AsFastAsAnswered ? 0 : WAITING_MAX;
    this.room = new Semaphore(plan.connections() * plan.inFlight() + waiting);
    this.pacer = new Thread(this::pace, "sub30-replay-pacer");
    pacer.setDaemon(true);
    TerminalLink.Shared shared =
        new TerminalLink.Shared(
            loop.vertx(),
            loop.clock(),
            new SplittableRandom(),
            plan.retries(),
            plan.inFlight(),
            tally,
            this::finished);
    for (int n = 0; n < terminals.size(); n++) {
      Sub30Client client = new Sub30Client(loop.vertx(), plan.client(n));
      links.add(new TerminalLink(terminals.get(n), client, shared));
    }
  }

  Future<ReplayOutcome> start() {
    loop.context()
        .runOnContext(
            ready -> {
              startNanos = loop.clock().nanoTime();
              lastAnswerNanos = startNanos;
              loop.vertx().setPeriodic(PROGRESS_MILLIS, tick -> progress());
              lookahead.start();
              open();
            });
    return outcome.future();
  }

  /**
   * A terminal's connection stands before it has ticks to send. Opening it here, and using it for a
   * second, also keeps the loading and compiling of this program's own classes out of the server's
   * latencies: what is sent is public, free of side effects and not counted. A server that is not
   * there is not waited for: the batches will tell.
   */
  private void open() {
    long untilNanos = loop.clock().nanoTime() + REHEARSAL_NANOS;
    List<Future<Void>> opened = new ArrayList<>();
    for (TerminalLink link : links) {
      opened.add(rehearse(link, untilNanos, REHEARSALS));
    }
    Future.join(opened)
        .timeout(OPENING_MILLIS, TimeUnit.MILLISECONDS)
        .onComplete(done -> pacer.start());
  }

  private Future<Void> rehearse(TerminalLink link, long untilNanos, int left) {
    return link.client()
        .open()
        .compose(
            done ->
                left <= 1 || loop.clock().nanoTime() - untilNanos >= 0
                    ? Future.succeededFuture()
                    : rehearse(link, untilNanos, left - 1));
  }

  void stop() {
    // Before the interrupt: a thread that was not started yet does not remember one.
    stopped = true;
    pacer.interrupt();
  }

  // ---- the pacing thread

  private void pace() {
    long limitNanos = plan.length().isZero() ? Long.MAX_VALUE : plan.length().toNanos();
    try {
      if (stopped) {
        return;
      }
      new PacingLoop(loop.clock(), LockSupport::parkNanos, room, limitNanos)
          .run(
              lookahead,
              (batch, intended) -> loop.context().runOnContext(due -> offer(batch, intended)));
    } catch (InterruptedException e) {
      // Stopped: the run ends with what was handed over so far.
    } finally {
      lookahead.stop();
      loop.context().runOnContext(last -> seal());
    }
  }

  // ---- the event loop

  private void offer(PreparedBatch batch, long intendedNanos) {
    if (!started) {
      started = true;
      startNanos = intendedNanos;
    }
    unfinished++;
    links.get(batch.terminal()).offer(batch, intendedNanos);
  }

  private void finished(TerminalLink link, PreparedBatch batch, Answer answer) {
    unfinished--;
    lastAnswerNanos = loop.clock().nanoTime();
    room.release();
    if (!answer.acknowledged() && unacknowledged.size() < ReplayOutcome.UNACKNOWLEDGED_MAX) {
      unacknowledged.add(
          new Unacknowledged(
              batch.terminal(), link.terminal(), batch.sequence(), batch.body(), answer));
    }
    listener.answered(link.terminal(), batch.sequence(), answer);
    endWhenDone();
  }

  /** Nothing more will be offered. */
  private void seal() {
    sealed = true;
    loop.vertx().setTimer(plan.timeout().toMillis() + DRAIN_MILLIS, late -> abandon());
    endWhenDone();
  }

  private void abandon() {
    for (TerminalLink link : links) {
      link.abandon();
    }
  }

  private void endWhenDone() {
    if (!sealed || unfinished > 0 || ended) {
      return;
    }
    ended = true;
    progress();
    for (TerminalLink link : links) {
      link.client().close();
    }
    Exception failure = lookahead.failure();
    if (failure != null) {
      outcome.fail(failure);
      return;
    }
    outcome.complete(
        new ReplayOutcome(
            tally.report(lastAnswerNanos - startNanos), unacknowledged, tally.firstFailure()));
  }

  private void progress() {
    listener.progressed(tally.progress(loop.clock().nanoTime() - startNanos));
  }
}
