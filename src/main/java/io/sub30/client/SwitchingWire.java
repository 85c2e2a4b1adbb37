package io.sub30.client;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * gRPC as long as it works, else the HTTP/2 stream. When half of the calls of ten seconds had no
 * answer, a breaker sends batches over the stream; it asks by itself, with calls that carry no
 * batch, when gRPC is back. A batch goes one way: what becomes of one whose answer was lost is its
 * sender's affair as ever, and the server stores it once whichever way it comes again.
 */
final class SwitchingWire implements Wire {
  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MIN_CALLS = 8;
  private static final int FAILURE_PERCENT = 50;
  private static final int RESET_MILLIS = 500;
  private static final int PROBES = 3;

  /** No answer came over gRPC. */
  private static final class Unanswered extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Answer answer;

    Unanswered(Answer answer) {
      super(answer.summary(), null, false, false);
      this.answer = answer;
    }
  }

  private final Context context;
  private final GrpcWire grpc;
  private final StreamWire stream;
  private final Vertx vertx;
  private final BreakerLimits limits;
  private @Nullable DependencyBreaker breaker;

  SwitchingWire(Vertx vertx, ClientOptions options) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.grpc = new GrpcWire(vertx, options);
    this.stream = new StreamWire(vertx, options);
    // A server that is slow is so either way.
    this.limits =
        new BreakerLimits(
            WINDOW_NANOS,
            MIN_CALLS,
            FAILURE_PERCENT,
            100,
            options.timeout().toNanos(),
            RESET_MILLIS,
            PROBES);
  }

  /** Made on the context that it belongs to. */
  private DependencyBreaker breaker() {
    DependencyBreaker made = breaker;
    if (made == null) {
      made =
          new DependencyBreaker(
              vertx,
              NanoClock.SYSTEM,
              Dependency.of("grpc", Hop.CLIENT_GATEWAY),
              limits,
              grpc::reach);
      breaker = made;
    }
    return made;
  }

  @Override
  public Future<Answer> send(byte[] body) {
    return Turns.on(
        context,
        () ->
            breaker()
                .call(() -> grpc.send(body).compose(SwitchingWire::judged))
                .recover(failure -> otherwise(failure, body)));
  }

  private static Future<Answer> judged(Answer answer) {
    return answer.status() == Answer.NO_ANSWER
        ? Future.failedFuture(new Unanswered(answer))
        : Future.succeededFuture(answer);
  }

  private Future<Answer> otherwise(Throwable failure, byte[] body) {
    if (failure instanceof Unanswered unanswered) {
      return Future.succeededFuture(unanswered.answer);
    }
    // Only the breaker fails so, and then nothing was sent.
    return failure instanceof HopFailure ? stream.send(body) : Future.failedFuture(failure);
  }

  @Override
  public Future<Void> open() {
    return grpc.open();
  }

  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    context.runOnContext(
        turn -> {
          breaker().close();
          Future.join(grpc.close(), stream.close()).<Void>mapEmpty().onComplete(closed);
        });
    return closed.future();
  }
}
