package io.sub30.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.Encoding;
import io.sub30.gateway.identity.Rehearsal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Keeps the path warm while no client sends: a path that has rested for seconds has lost its pages
 * and caches to others, and the first batch after that would take ten times as long. Every beat is
 * a batch of a made-up terminal through the real door, which leaves no trace, see {@link
 * Rehearsal}; every fifth is a tenant's first one. It is also the probe of the whole path: what a
 * beat takes is the meter {@code sub30_pulse_seconds}.
 *
 * <p>No beat when clients have sent batches since the last one, and a tenth as many while they are
 * refused. One beat at a time, on any thread.
 */
final class Pulse {

  /** Terminals for each lane, so that every lane is likely to have one. */
  private static final int TERMINALS_A_LANE = 8;

  /** Less for a whole batch than from one beat of a terminal to its next. */
  private static final long TICK_MILLIS = 1;

  private static final int NEWCOMER_EVERY = 5;
  private static final int SLOWER_WHILE_REFUSED = 10;

  private final Vertx vertx;
  private final Rehearsal rehearsal;
  private final OwnDoor door;
  private final NanoClock clock;
  private final EpochClock epochClock;
  private final LongSupplier batchesOfClients;
  private final Timer answered;
  private final Timer refused;
  private final List<Rehearser> known = new ArrayList<>();
  private long seen;
  private volatile boolean beating;

  /**
   * @param batchesOfClients how many have come so far
   */
  Pulse(
      Vertx vertx,
      Rehearsal rehearsal,
      OwnDoor door,
      NanoClock clock,
      EpochClock epochClock,
      LongSupplier batchesOfClients,
      MeterRegistry registry) {
    this.vertx = vertx;
    this.rehearsal = rehearsal;
    this.door = door;
    this.clock = clock;
    this.epochClock = epochClock;
    this.batchesOfClients = batchesOfClients;
    this.answered = timer(registry, "answered");
    this.refused = timer(registry, "refused");
  }

  private static Timer timer(MeterRegistry registry, String outcome) {
    return Timer.builder("sub30.pulse")
        .description("What a made-up batch takes through the whole path while no client sends")
        .tag("outcome", outcome)
        .register(registry);
  }

  /**
   * Begins to beat. Signs tokens: some milliseconds each.
   *
   * @param lanes how many there are
   */
  void start(int lanes, Duration every) {
    for (int i = 0; i < TERMINALS_A_LANE * lanes; i++) {
      known.add(rehearser("pulse-" + i, Tier.ENTERPRISE));
    }
    beating = true;
    schedule(every.toMillis(), 0, every.toMillis());
  }

  void stop() {
    beating = false;
  }

  private Rehearser rehearser(String name, Tier tier) {
    return new Rehearser(rehearsal.admit(name, tier), epochClock.epochMillis(), TICK_MILLIS);
  }

  private void schedule(long millis, int turn, long everyMillis) {
    vertx
        .timer(millis, TimeUnit.MILLISECONDS)
        .onSuccess(
            due -> {
              if (beating) {
                next(turn, everyMillis);
              }
            });
  }

  private void next(int turn, long everyMillis) {
    long batches = batchesOfClients.getAsLong();
    if (batches != seen) {
      seen = batches;
      schedule(everyMillis, turn, everyMillis);
      return;
    }
    beat(turn)
        .onComplete(
            ended -> {
              boolean well = ended.succeeded() && ended.result().answered();
              long pause = well ? everyMillis : everyMillis * SLOWER_WHILE_REFUSED;
              schedule(pause, turn + 1, everyMillis);
            });
  }

  private Future<OwnDoor.Reply> beat(int turn) {
    Encoding encoding = turn % 2 == 0 ? Encoding.PROTOBUF : Encoding.JSON;
    if (turn % NEWCOMER_EVERY != 0) {
      return timed(known.get(turn % known.size()), encoding);
    }
    Tier tier = Tier.values()[turn % Tier.values().length];
    String name = Rehearsal.NEWCOMER + turn % known.size();
    return vertx
        .executeBlocking(() -> rehearser(name, tier), false)
        .compose(
            newcomer ->
                timed(newcomer, encoding).onComplete(sent -> rehearsal.dismiss(newcomer.token)));
  }

  private Future<OwnDoor.Reply> timed(Rehearser rehearser, Encoding encoding) {
    rehearser.advanceTo(epochClock.epochMillis());
    long startNanos = clock.nanoTime();
    return door.send(rehearser, encoding)
        .onSuccess(
            reply ->
                (reply.answered() ? answered : refused)
                    .record(clock.nanoTime() - startNanos, TimeUnit.NANOSECONDS));
  }
}
