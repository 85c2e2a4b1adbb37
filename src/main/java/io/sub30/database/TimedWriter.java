package io.sub30.database;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

/**
 * Gives up on a commit that does not answer: its outcome is unknown then, and the connection it
 * hangs on is dropped, so that the next group does not queue behind it.
 */
final class TimedWriter implements BatchWriter {

  private final Vertx vertx;
  private final BatchWriter writer;
  private final long timeoutMillis;
  private final Runnable dropConnection;

  TimedWriter(Vertx vertx, BatchWriter writer, long timeoutMillis, Runnable dropConnection) {
    this.vertx = vertx;
    this.writer = writer;
    this.timeoutMillis = timeoutMillis;
    this.dropConnection = dropConnection;
  }

  @Override
  public Future<List<Written>> write(List<Write> group) {
    Promise<List<Written>> outcome = Promise.promise();
    long timer =
        vertx.setTimer(
            timeoutMillis,
            id -> {
              if (outcome.tryFail(
                  new OutcomeUnknown("a commit has not answered for " + timeoutMillis + " ms"))) {
                dropConnection.run();
              }
            });
    writer
        .write(group)
        .onComplete(
            written -> {
              vertx.cancelTimer(timer);
              outcome.tryComplete(written);
            },
            failure -> {
              vertx.cancelTimer(timer);
              outcome.tryFail(failure);
            });
    return outcome.future();
  }
}
