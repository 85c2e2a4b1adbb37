package io.sub30.gateway.connections;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** What the guard knows of one connection. On its loop. */
final class GuardedConnection {

  final HttpConnection connection;
  final ControlFrames pings;
  final ControlFrames settings;

  /** To be closed as soon as no request is open. */
  boolean unwanted;

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
    requests.add(new OpenRequest(request, streams, nowNanos));
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
