package io.sub30.client;

import io.sub30.v1.TickBatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Submits batches of ticks to Sub30 as one caller (one token).
 *
 * <p>A batch is sent once: sending it again after a {@linkplain Answer#retriable() retriable}
 * answer is the caller's choice, and safe with the same terminal, sequence and content, which the
 * server stores once.
 *
 * <p>Thread: any; answers arrive on the context of the caller, or on the client's event loop when
 * there is none.
 */
public final class Sub30Client {
  private final ClientOptions options;
  private final Wire wire;
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Connects lazily, with the first batch, and again after a loss. */
  public Sub30Client(Vertx vertx, ClientOptions options) {
    this.options = options;
    this.wire =
        switch (options.transport()) {
          case HTTP2, HTTP1 -> new HttpWire(vertx, options);
          case GRPC -> new GrpcWire(vertx, options);
          case STREAM -> new StreamWire(vertx, options);
          case GRPC_ELSE_STREAM -> new SwitchingWire(vertx, options);
        };
  }

  /**
   * Sends one batch.
   *
   * @return the answer; every outcome of network and server is a value, a failed future is a bug
   */
  public Future<Answer> submit(TickBatch batch) {
    return submit(BatchEncoder.of(options.encoding()).encode(batch));
  }

  /** Sends a batch that is encoded already, byte for byte. */
  Future<Answer> submit(byte[] body) {
    if (inFlight.incrementAndGet() > options.inFlight()) {
      inFlight.decrementAndGet();
      return Future.succeededFuture(
          Answer.none(Answer.BUSY, options.inFlight() + " batches are in flight already"));
    }
    return wire.send(body).onComplete(done -> inFlight.decrementAndGet());
  }

  /**
   * Opens a connection ahead of the first batch, with a request that leaves no trace in the server.
   * Fails when there is no server, or it does not know the request; batches may be submitted all
   * the same.
   */
  public Future<Void> open() {
    return wire.open();
  }

  /** Closes the connections; batches in flight are answered {@code connection}. */
  public Future<Void> close() {
    return wire.close();
  }
}
