package io.sub30.node;

import static io.sub30.client.Encoding.JSON;
import static io.sub30.client.Encoding.PROTOBUF;

import io.sub30.budget.EpochClock;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.client.Encoding;
import io.sub30.gateway.identity.Rehearsal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends the server requests of its own until the path is compiled and its pools are open, so that
 * the first client does not pay for it. They come in through the real door and leave no trace: see
 * {@link Rehearsal}.
 */
final class Warmup {

  /** The end of a rehearsal, in which one terminal after the other begins, as real ones will. */
  private static final int CALM_PERCENT = 20;

  private static final long CALM_MILLIS = 20;
  private static final int TENANTS_A_TIER = 8;
  private static final int IN_FLIGHT = 8;

  /** A batch for each minute: each closes a bar. */
  private static final long TICK_MILLIS = 3_000;

  private final Vertx vertx;
  private final Rehearsal rehearsal;
  private final OwnDoor door;
  private final NanoClock clock;
  private final long startMillis;
  private final List<Rehearser> rehearsers = new ArrayList<>();
  private int answered;
  private int refused;
  private String lastRefusal = "";

  Warmup(Vertx vertx, Rehearsal rehearsal, OwnDoor door, NanoClock clock, EpochClock epochClock) {
    this.vertx = vertx;
    this.rehearsal = rehearsal;
    this.door = door;
    this.clock = clock;
    this.startMillis = epochClock.epochMillis() - TimeUnit.HOURS.toMillis(6);
  }

  /** What a rehearsal came to. */
  record Result(int answered, int refused, String lastRefusal) {}

  /**
   * Rehearses for that long, with tenants of every tier; each lane gets some. First a crowd, so
   * that the path is compiled; then new tenants one by one, for what happens once to each, and so
   * that the compilers have done what the crowd has left them when the first client comes.
   *
   * @param lanes how many there are
   */
  Future<Result> run(int lanes, Duration length) {
    for (Tier tier : Tier.values()) {
      for (int i = 0; i < TENANTS_A_TIER * lanes; i++) {
        rehearsers.add(rehearser(tier.label() + i, tier));
      }
    }
    long calmNanos = length.toNanos() / 100 * CALM_PERCENT;
    long untilNanos = clock.nanoTime() + length.toNanos() - calmNanos;
    List<Future<Void>> chains = new ArrayList<>();
    for (int chain = 0; chain < IN_FLIGHT; chain++) {
      Promise<Void> done = Promise.promise();
      next(chain, untilNanos, done);
      chains.add(done.future());
    }
    return Future.all(chains)
        .compose(done -> calm(0, untilNanos + calmNanos))
        .map(calmed -> new Result(answered, refused, lastRefusal));
  }

  private Rehearser rehearser(String name, Tier tier) {
    return new Rehearser(rehearsal.admit(name, tier), startMillis, TICK_MILLIS);
  }

  private void next(int turn, long untilNanos, Promise<Void> done) {
    if (clock.nanoTime() - untilNanos >= 0) {
      done.complete();
      return;
    }
    send(rehearsers.get(turn % rehearsers.size()), turn % 3 == 0 ? JSON : PROTOBUF)
        .onComplete(sent -> next(turn + IN_FLIGHT, untilNanos, done));
  }

  /** A first batch each of new tenants, one after the other. */
  private Future<Void> calm(int turn, long untilNanos) {
    if (clock.nanoTime() - untilNanos >= 0) {
      return Future.succeededFuture();
    }
    Tier tier = Tier.values()[turn % Tier.values().length];
    return send(rehearser("calm-" + turn, tier), turn % 2 == 0 ? JSON : PROTOBUF)
        .compose(sent -> vertx.timer(CALM_MILLIS, TimeUnit.MILLISECONDS))
        .compose(later -> calm(turn + 1, untilNanos));
  }

  private Future<OwnDoor.Reply> send(Rehearser rehearser, Encoding encoding) {
    return door.send(rehearser, encoding).onSuccess(this::count);
  }

  private synchronized void count(OwnDoor.Reply reply) {
    if (reply.answered()) {
      answered++;
    } else {
      refused++;
      lastRefusal = reply.status() + " " + reply.text();
    }
  }
}
