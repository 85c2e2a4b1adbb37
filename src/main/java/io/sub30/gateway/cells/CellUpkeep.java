package io.sub30.gateway.cells;

import io.sub30.budget.Deadline;
import io.sub30.bus.Bus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the cells of one lane that nobody is at: in rounds those that have rested since the round
 * before, so that even what an idle tenant sent last becomes part of a checkpoint; and all of them
 * before the lane stops, so that the next start rebuilds none.
 *
 * <p>Lane-bound; not thread-safe.
 */
final class CellUpkeep {

  private static final Logger log = LoggerFactory.getLogger(CellUpkeep.class);

  /** Checkpoints under way at once: they share the lane's connections with the path. */
  private static final int SIDE_BY_SIDE = 4;

  /** Of a stop: what is not saved then is rebuilt at the next start. */
  private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** With less the bus asks nobody: the rest is left, and not tried one by one. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long SETTLING_MILLIS = 10;

  private final Vertx vertx;
  private final Bus bus;
  private final CellTable cells;
  private boolean inRound;

  CellUpkeep(Vertx vertx, Bus bus, CellTable cells) {
    this.vertx = vertx;
    this.bus = bus;
    this.cells = cells;
  }

  /** Begins the rounds. */
  void start(long roundMillis) {
    vertx.setPeriodic(roundMillis, id -> round(roundMillis));
  }

  private void round(long roundMillis) {
    if (inRound) {
      return;
    }
    inRound = true;
    Deadline until = Deadline.after(TimeUnit.MILLISECONDS.toNanos(roundMillis), bus.clock());
    save(cells.rested(), until).onComplete(done -> inRound = false);
  }

  /**
   * Saves every cell, once the turns under way are over; within five seconds, and what fails is
   * said and left.
   */
  Future<Void> saveAll() {
    Deadline until = Deadline.after(STOP_NANOS, bus.clock());
    return quiet(until).compose(quiet -> save(cells.unsaved(), until));
  }

  private Future<Void> quiet(Deadline until) {
    if (cells.quiet() || until.remainingNanos() <= 0) {
      return Future.succeededFuture();
    }
    Promise<Void> later = Promise.promise();
    vertx.setTimer(SETTLING_MILLIS, id -> quiet(until).onComplete(later));
    return later.future();
  }

  private Future<Void> save(List<Cell> due, Deadline until) {
    Run run = new Run(due.iterator(), until);
    List<Future<Void>> runs = new ArrayList<>(SIDE_BY_SIDE);
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
      runs.add(run.next());
    }
    return Future.join(runs).onComplete(done -> run.report()).mapEmpty();
  }

  /** One pass over cells that are to be saved. */
  private final class Run {

    private final Iterator<Cell> due;
    private final Deadline until;
    private int missed;
    private @Nullable String lastMiss;

    Run(Iterator<Cell> due, Deadline until) {
      this.due = due;
      this.until = until;
    }

    Future<Void> next() {
      while (due.hasNext()) {
        Cell cell = due.next();
        if (!cell.mayBeSaved()) {
          continue;
        }
        if (until.remainingNanos() < LEAST_NANOS) {
          missed(cell, "there was no time left");
        } else {
          return cells
              .save(cell, until)
              .onFailure(failure -> missed(cell, failure.getMessage()))
              .transform((saved, failure) -> next());
        }
      }
      return Future.succeededFuture();
    }

    private void missed(Cell cell, @Nullable String why) {
      missed++;
      lastMiss = cell.tenant + " at batch " + cell.lastOrdinal() + ": " + why;
    }

    void report() {
      if (missed > 0) {
        log.warn(
            "the checkpoints of {} idle tenants were not saved, the last of {}", missed, lastMiss);
      }
    }
  }
}
