package io.sub30.client;

import io.sub30.budget.NanoClock;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One terminal: its connection, what is in flight on it and what waits for room. First sends keep
 * their order; a batch that waits to be sent again keeps its place in flight, and later ones
 * overtake it, as they do with a real terminal.
 *
 * <p>Confined to the run's event loop.
 */
final class TerminalLink {
  /** Told when a batch has its final answer. */
  interface Finish {
    void finished(TerminalLink link, PreparedBatch batch, Answer answer);
  }

  private static final class Shot {
    final PreparedBatch batch;
    long intendedNanos;
    int resends;

    Shot(PreparedBatch batch, long intendedNanos) {
      this.batch = batch;
      this.intendedNanos = intendedNanos;
    }
  }

  /** What the links of one run share. */
  record Shared(
      Vertx vertx,
      NanoClock clock,
      RandomGenerator random,
      RetryPolicy retries,
      int inFlightMax,
      Tally tally,
      Finish finish) {}

  private final String terminal;
  private final Sub30Client client;
  private final Shared shared;
  // At most as many as the pacing loop has permits for.
  private final ArrayDeque<Shot> waiting = new ArrayDeque<>();
  private final Set<Shot> inFlight = new LinkedHashSet<>();
  private boolean abandoned;

  TerminalLink(String terminal, Sub30Client client, Shared shared) {
    this.terminal = terminal;
    this.client = client;
    this.shared = shared;
  }

  String terminal() {
    return terminal;
  }

  Sub30Client client() {
    return client;
  }

  /** A batch's time has come. */
  void offer(PreparedBatch batch, long intendedNanos) {
    shared.tally.offered();
    if (batch.dueNanos() != Pace.UNPACED) {
      shared.tally.paced(shared.clock.nanoTime() - intendedNanos);
    }
    waiting.add(new Shot(batch, intendedNanos));
    fill();
  }

  private void fill() {
    while (!abandoned && inFlight.size() < shared.inFlightMax && !waiting.isEmpty()) {
      Shot shot = waiting.remove();
      if (shot.batch.dueNanos() == Pace.UNPACED) {
        shot.intendedNanos = shared.clock.nanoTime();
      }
      inFlight.add(shot);
      send(shot);
    }
  }

  private void send(Shot shot) {
    client
        .submit(shot.batch.body())
        .onComplete(
            answer -> ended(shot, answer),
            bug -> ended(shot, Answer.none("client", String.valueOf(bug))));
  }

  private void ended(Shot shot, Answer answer) {
    if (abandoned) {
      return;
    }
    shared.tally.attempted(answer);
    if (shared.retries.sendsAgain(shot.resends, answer)) {
      long delay = shared.retries.delayMillis(shot.resends, answer, shared.random);
      shot.resends++;
      shared.vertx.setTimer(delay, fired -> sendAgain(shot));
      return;
    }
    inFlight.remove(shot);
    finish(shot, answer);
    fill();
  }

  private void sendAgain(Shot shot) {
    if (!abandoned) {
      shared.tally.resent();
      send(shot);
    }
  }

  private void finish(Shot shot, Answer answer) {
    shared.tally.finished(answer, shared.clock.nanoTime() - shot.intendedNanos);
    shared.finish.finished(this, shot.batch, answer);
  }

  /** Gives up what has no final answer yet. Nothing is sent afterwards. */
  void abandon() {
    abandoned = true;
    Answer answer = Answer.none("abandoned", "the replay ended before it was answered");
    List<Shot> rest = new ArrayList<>(inFlight);
    rest.addAll(waiting);
    inFlight.clear();
    waiting.clear();
    for (Shot shot : rest) {
      shared.tally.attempted(answer);
      finish(shot, answer);
    }
  }
}
