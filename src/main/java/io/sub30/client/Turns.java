package io.sub30.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.Supplier;

/** Work that belongs to one event loop, asked for from any thread. */
final class Turns {
  private Turns() {}

  /**
   * Does the work on that context, at once if it is the current one. The outcome arrives on the
   * context of the caller, or on the work's own when the caller has none.
   */
  static <T> Future<T> on(Context context, Supplier<Future<T>> work) {
    Context caller = Vertx.currentContext();
    if (caller == context) {
      return work.get();
    }
    Promise<T> outcome = Promise.promise();
    context.runOnContext(
        turn ->
            work.get()
                .onComplete(
                    done -> {
                      if (caller == null) {
                        outcome.handle(done);
                      } else {
                        caller.runOnContext(back -> outcome.handle(done));
                      }
                    }));
    return outcome.future();
  }
}
