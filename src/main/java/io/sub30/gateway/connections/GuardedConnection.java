package io.sub30.gateway.connections;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What the guard knows of one connection. On its loop. */
final class GuardedConnection {

  final HttpConnection connection;
  final ControlFrames pings;
  final ControlFrames settings;

  /** To be closed as soon as no request is open. */
  boolean unwanted;

  /** Being closed; what has begun is still answered. */
  private boolean leaving;

  /** In the order they began; as many as may be concurrent, and some that have just ended. */
  private final ArrayDeque<OpenRequest> requests = new ArrayDeque<>(2);

  private final Set<String> tenants = new HashSet<>(2);
  private long idleSinceNanos;
  private long begun;

  GuardedConnection(HttpConnection connection, int maxControlFrames, long nowNanos) {
    this.connection = connection;
    this.idleSinceNanos = nowNanos;
    this.pings = new ControlFrames(maxControlFrames, nowNanos);
    this.settings = new ControlFrames(maxControlFrames, nowNanos);
  }

  void started(HttpServerRequest request, boolean streams, long nowNanos) {
    OpenRequest oldest = requests.peek();
    while (oldest != null && oldest.done()) {
      requests.poll();
      oldest = requests.peek();
    }
    begun++;
    idleSinceNanos = nowNanos; // it may be over before anyone looks for open ones
    requests.add(new OpenRequest(request, streams, nowNanos));
  }

  /** Closes it once what has begun meanwhile is answered, or after that long. */
  void leave(long patienceMillis) {
    if (!leaving) {
      leaving = true;
      connection.shutdown(patienceMillis, TimeUnit.MILLISECONDS);
    }
  }

  /** Grows with every request, and with what is written on those that are open. */
  long work() {
    long work = begun;
    for (OpenRequest open : requests) {
      work += open.bytesWritten();
    }
    return work;
  }

  /** Without an open request since when, or {@link Long#MIN_VALUE} while it has one open. */
  long idleSinceNanos(long nowNanos) {
    requests.removeIf(OpenRequest::done);
    if (!requests.isEmpty()) {
      idleSinceNanos = nowNanos;
      return Long.MIN_VALUE;
    }
    return idleSinceNanos;
  }

  Iterable<OpenRequest> requests() {
    return requests;
  }

  Set<String> tenants() {
    return tenants;
  }
}
