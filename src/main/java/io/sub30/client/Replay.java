package io.sub30.client;

import io.sub30.budget.NanoClock;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Replays ticks as a number of MT5 terminals would send them, and measures the answers.
 *
 * <p>With a rate or a speed the replay is an open loop: every batch has an intended start that does
 * not depend on earlier answers, and its latency counts from there. A server that stalls is
 * therefore charged for every batch that was due meanwhile (no coordinated omission), and so is
 * this generator for being late itself ({@code pacing_p99_us}).
 *
 * <p>Thread: any. Each run owns a Vert.x instance with one event loop, closed before the run's
 * future completes.
 */
public final class Replay {
  private final ReplayPlan plan;
  private final ReplayListener listener;
  private final NanoClock clock;
  private final List<String> terminals;
  private final AtomicReference<@Nullable ReplayRun> running = new AtomicReference<>();

  /**
   * A replay that is ready to run.
   *
   * @throws IllegalArgumentException when two connections would be the same terminal
   */
  public Replay(ReplayPlan plan, ReplayListener listener) {
    this(plan, listener, NanoClock.SYSTEM);
  }

  Replay(ReplayPlan plan, ReplayListener listener, NanoClock clock) {
    this.plan = plan;
    this.listener = listener;
    this.clock = clock;
    this.terminals = terminals(plan);
  }

  /** The terminal ids, by connection. */
  public List<String> terminals() {
    return terminals;
  }

  /**
   * Replays the plan's ticks, sequences from 1. A second run sends the same sequences again, so the
   * server knows them.
   *
   * @return the outcome, whatever the server did; fails when the ticks cannot be read or a run is
   *     going on
   */
  public Future<ReplayOutcome> run() {
    return start(new TickFeed(plan, terminals));
  }

  /** Sends batches of an earlier outcome once more, byte for byte, as fast as answers come. */
  public Future<ReplayOutcome> resend(List<Unacknowledged> batches) {
    return start(new ResendFeed(batches));
  }

  /** Ends the run early: nothing new is sent, what is in flight is waited for. */
  public void stop() {
    ReplayRun run = running.get();
    if (run != null) {
      run.stop();
    }
  }

  private Future<ReplayOutcome> start(BatchFeed feed) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));
    Context context = vertx.getOrCreateContext();
    // Completed outside the run's Vert.x, which is closed by then.
    Promise<ReplayOutcome> outcome = Promise.promise();
    ReplayRun run =
        new ReplayRun(plan, terminals, feed, listener, new ReplayRun.Loop(vertx, context, clock));
    if (!running.compareAndSet(null, run)) {
      return vertx
          .close()
          .compose(closed -> Future.failedFuture(new IllegalStateException("a run is going on")));
    }
    run.start()
        .onComplete(
            ended ->
                vertx
                    .close()
                    .onComplete(
                        closed -> {
                          running.set(null);
                          outcome.handle(ended);
                        }));
    return outcome.future();
  }

  private static List<String> terminals(ReplayPlan plan) {
    String prefix = plan.terminalPrefix().isEmpty() ? "replay-" + runId() : plan.terminalPrefix();
    Set<String> bound = new HashSet<>();
    List<String> names = new ArrayList<>(plan.connections());
    for (int n = 0; n < plan.connections(); n++) {
      Optional<String> claim = TokenTerminal.of(plan.token(n));
      // Two connections as one terminal would send each sequence twice.
      if (claim.isPresent() && !bound.add(plan.token(n))) {
        throw new IllegalArgumentException(
            "connections "
                + plan.connections()
                + ": a token is bound to terminal "
                + claim.get()
                + " and serves one connection; there are "
                + plan.tokens().size()
                + " tokens");
      }
      names.add(claim.orElse(prefix + "-" + (n + 1)));
    }
    return List.copyOf(names);
  }

  private static String runId() {
    byte[] bytes = new byte[4];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
