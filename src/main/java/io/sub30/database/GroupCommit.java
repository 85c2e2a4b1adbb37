package io.sub30.database;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.database.BatchWriter.OutcomeUnknown;
import io.sub30.database.BatchWriter.Write;
import io.sub30.database.BatchWriter.Written;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Coalesces the commits of concurrent requests of one lane: while one group is in flight the next
 * one forms, so batching never waits on a timer and an idle lane commits at once. When a group
 * fails for certain, its members are tried singly, so that one bad batch does not take others down.
 *
 * <p>Belongs to its lane; not thread-safe.
 */
final class GroupCommit implements Commits {

  private record Pending(Write write, Promise<Written> promise) {}

  private final BatchWriter writer;
  private final int maxGroup;
  private final int maxPending;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private boolean inFlight;

  /**
   * @param maxGroup batches that may share one commit
   * @param maxPending batches that may wait for the next one; more are refused
   */
  GroupCommit(BatchWriter writer, int maxGroup, int maxPending) {
    this.writer = writer;
    this.maxGroup = maxGroup;
    this.maxPending = maxPending;
  }

  @Override
  public Future<Written> write(Write write) {
    if (pending.size() >= maxPending) {
      String why = pending.size() + " batches wait for a commit, the bound is " + maxPending;
      return Future.failedFuture(new HopFailure(Hop.DATABASE_SERVICE, FailureCode.OVERLOADED, why));
    }
    Promise<Written> promise = Promise.promise();
    pending.add(new Pending(write, promise));
    if (!inFlight) {
      next();
    }
    return promise.future();
  }

  private void next() {
    if (pending.isEmpty()) {
      return;
    }
    List<Pending> group = new ArrayList<>(Math.min(pending.size(), maxGroup));
    while (!pending.isEmpty() && group.size() < maxGroup) {
      group.add(pending.poll());
    }
    inFlight = true;
    commit(group)
        .onComplete(
            done -> {
              inFlight = false;
              next();
            });
  }

  private Future<Void> commit(List<Pending> group) {
    return attempt(group.stream().map(Pending::write).toList())
        .transform(
            (outcomes, failure) -> {
              if (failure == null) {
                for (int i = 0; i < group.size(); i++) {
                  group.get(i).promise().complete(outcomes.get(i));
                }
                return Future.succeededFuture();
              }
              // A hop's failure is a refusal: nothing was sent, and singly nothing would be either.
              if (group.size() > 1
                  && !(failure instanceof OutcomeUnknown)
                  && !(failure instanceof HopFailure)) {
                return singly(group, 0);
              }
              group.forEach(member -> member.promise().fail(failure));
              return Future.succeededFuture();
            });
  }

  /** A writer that throws has sent nothing; without this the lane would never commit again. */
  private Future<List<Written>> attempt(List<Write> group) {
    try {
      return writer.write(group);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Void> singly(List<Pending> group, int from) {
    return from == group.size()
        ? Future.succeededFuture()
        : commit(List.of(group.get(from))).compose(done -> singly(group, from + 1));
  }
}
