package io.sub30.gateway.ingress;

import io.sub30.budget.NanoClock;
import io.sub30.gateway.identity.Principal;
import io.sub30.gateway.identity.Rehearsal;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each request, written by one worker: a loop only leaves it in a bounded queue. While
 * the queue is full, lines are dropped and counted, since no request shall wait for a log.
 * Thread-safe.
 */
public final class AccessLog {

  /** Where the lines go; the configuration of logging says what becomes of them. */
  public static final String LOGGER = "io.sub30.access";

  /** A second of them at the highest rate that one machine has been seen to serve. */
  static final int MAX_WAITING = 8_192;

  private final BlockingQueue<AccessLine> waiting;
  private final Consumer<String> sink;
  private final Executor worker;
  private final AtomicBoolean writing = new AtomicBoolean();
  private final LongAdder dropped = new LongAdder();

  /**
   * @param sink may block
   * @param worker runs what may block, some time
   */
  AccessLog(int maxWaiting, Consumer<String> sink, Executor worker) {
    this.waiting = new ArrayBlockingQueue<>(maxWaiting);
    this.sink = sink;
    this.worker = worker;
  }

  /** To {@link #LOGGER}, on a worker of that Vert.x, until it is closed. */
  public static AccessLog on(Vertx vertx) {
    Logger log = LoggerFactory.getLogger(LOGGER);
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("sub30-access-log", 1);
    return new AccessLog(
        MAX_WAITING,
        log::info,
        task ->
            worker.executeBlocking(
                () -> {
                  task.run();
                  return null;
                },
                false));
  }

  /** Lines that were not written, since the process began. */
  public long dropped() {
    return dropped.sum();
  }

  /** Leaves a line to be written. */
  void add(AccessLine line) {
    if (!waiting.offer(line)) {
      dropped.increment();
    }
    if (writing.compareAndSet(false, true)) {
      worker.execute(this::write);
    }
  }

  /** Writes until nothing waits. Nobody else does meanwhile. */
  private void write() {
    do {
      for (AccessLine line = waiting.poll(); line != null; line = waiting.poll()) {
        sink.accept(line.text());
      }
      writing.set(false);
      // One may have come between the last look and that, and found it being written.
    } while (!waiting.isEmpty() && writing.compareAndSet(false, true));
  }

  /**
   * Leaves a line once the request is over. To be called when it has begun, on its loop; takes the
   * handler of the answer's end.
   */
  void follow(HttpServerRequest request, Call call, NanoClock clock) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Request followed = new Request(request, call, clock, clock.nanoTime());
    response.endHandler(ended -> followed.over());
    call.whenClosed(followed::over);
  }

  /** One that is under way. Belongs to its loop. */
  private final class Request {
    private final HttpServerRequest request;
    private final Call call;
    private final NanoClock clock;
    private final long startNanos;
    private boolean told;

    Request(HttpServerRequest request, Call call, NanoClock clock, long startNanos) {
      this.request = request;
      this.call = call;
      this.clock = clock;
      this.startNanos = startNanos;
    }

    /** The first of the ends counts: the answer's own, the stream's or the connection's. */
    void over() {
      Principal sender = call.sender();
      boolean rehearsal = sender != null && Rehearsal.isRehearsal(sender.tenant());
      if (!told && !rehearsal) {
        add(line(sender));
      }
      told = true;
    }

    private AccessLine line(@Nullable Principal sender) {
      HttpServerResponse response = request.response();
      String path = request.path();
      return new AccessLine(
          request.method().name(),
          path == null ? "" : path,
          response.headWritten() ? response.getStatusCode() : AccessLine.GONE,
          response.bytesWritten(),
          (clock.nanoTime() - startNanos) / 1_000,
          sender == null ? "" : sender.tenant(),
          call.requestId(),
          call.traceId());
    }
  }
}
