package io.sub30.faults;

import io.sub30.database.BatchWriter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The edge to the system of record, with one fault at a time. The test arms a fault for the next
 * write of its tenants; every other write passes. Thread-safe.
 */
final class FaultyEdge implements UnaryOperator<BatchWriter> {

  /** What becomes of a write. */
  enum Fault {
    /** It passes. */
    NONE,
    /** It is not sent, and that is known. */
    FAILED,
    /** It is committed, but the answer is lost. */
    UNKNOWN_COMMITTED,
    /** It is never sent, and nobody knows. */
    UNKNOWN_NOT_SENT,
    /** It is given up on and sent when the cell has long gone on. */
    LATE,
    /** It is given up on while it is on its way: the look-up and the commit race each other. */
    RACING
  }

  /** A write that is held back. */
  private record Held(Context context, BatchWriter writer, List<BatchWriter.Write> group) {}

  private final String tenantPrefix;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final ArrayDeque<Held> ripe = new ArrayDeque<>();
  private final List<Future<List<BatchWriter.Written>>> racing = new ArrayList<>();
  private Fault armed = Fault.NONE;
  private int writes;

  /**
   * @param tenantPrefix writes of other tenants pass and are not counted
   */
  FaultyEdge(String tenantPrefix) {
    this.tenantPrefix = tenantPrefix;
  }

  @Override
  public BatchWriter apply(BatchWriter writer) {
    return group ->
        group.stream().anyMatch(write -> write.tenant().startsWith(tenantPrefix))
            ? write(writer, group)
            : writer.write(group);
  }

  private synchronized Future<List<BatchWriter.Written>> write(
      BatchWriter writer, List<BatchWriter.Write> group) {
    Fault fault = armed;
    armed = Fault.NONE;
    writes++;
    return switch (fault) {
      case NONE -> writer.write(group);
      case FAILED -> Future.failedFuture(new IllegalStateException("injected: not sent"));
      case UNKNOWN_COMMITTED ->
          writer
              .write(group)
              .compose(written -> Future.failedFuture(unknown("injected: the answer is lost")));
      case UNKNOWN_NOT_SENT -> Future.failedFuture(unknown("injected: never sent"));
      case LATE -> {
        held.add(new Held(Objects.requireNonNull(Vertx.currentContext()), writer, group));
        yield Future.failedFuture(unknown("injected: sent later"));
      }
      case RACING -> {
        racing.add(writer.write(group));
        yield Future.failedFuture(unknown("injected: on its way"));
      }
    };
  }

  private static BatchWriter.OutcomeUnknown unknown(String why) {
    return new BatchWriter.OutcomeUnknown(why);
  }

  /** The next write meets this fault. */
  synchronized void arm(Fault fault) {
    armed = fault;
    writes = 0;
  }

  /** Writes that came since a fault was armed; the armed fault is withdrawn. */
  synchronized int disarm() {
    armed = Fault.NONE;
    return writes;
  }

  /** From now on, what is held back may be released: its cell has gone on. */
  synchronized void ripen() {
    ripe.addAll(held);
    held.clear();
  }

  /** Sends the writes that are ripe, each on its own lane. */
  synchronized List<Future<List<BatchWriter.Written>>> release() {
    List<Future<List<BatchWriter.Written>>> outcomes = new ArrayList<>();
    for (Held late = ripe.poll(); late != null; late = ripe.poll()) {
      Held write = late;
      Promise<List<BatchWriter.Written>> outcome = Promise.promise();
      write.context.runOnContext(turn -> write.writer.write(write.group).onComplete(outcome));
      outcomes.add(outcome.future());
    }
    return outcomes;
  }

  /** The writes that raced a look-up since the last call. */
  synchronized List<Future<List<BatchWriter.Written>>> takeRacing() {
    List<Future<List<BatchWriter.Written>>> taken = List.copyOf(racing);
    racing.clear();
    return taken;
  }
}
