package io.sub30.database;

import io.sub30.bus.FailureCode;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.vertx.circuitbreaker.CircuitBreaker;
import io.vertx.circuitbreaker.OpenCircuitException;
import io.vertx.core.Future;
import java.util.List;

/**
 * Stops asking a server that keeps failing, so that a request is refused at once instead of at its
 * deadline.
 */
final class BreakerWriter implements BatchWriter {

  private final CircuitBreaker breaker;
  private final BatchWriter writer;

  BreakerWriter(CircuitBreaker breaker, BatchWriter writer) {
    this.breaker = breaker;
    this.writer = writer;
  }

  @Override
  public Future<List<Written>> write(List<Write> group) {
    return breaker
        .execute(() -> writer.write(group))
        .recover(
            failure ->
                failure instanceof OpenCircuitException
                    ? Future.failedFuture(
                        new HopFailure(
                            Hop.DATABASE_SERVICE,
                            FailureCode.UNAVAILABLE,
                            "PostgreSQL keeps failing, its breaker is open; nothing was stored"))
                    : Future.failedFuture(failure));
  }
}
