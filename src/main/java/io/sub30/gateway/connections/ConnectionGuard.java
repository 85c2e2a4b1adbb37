package io.sub30.gateway.connections;

import io.sub30.budget.NanoClock;
import io.sub30.config.HttpConfig;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends connections that cost more than they should: slow bodies, answers that are not taken, no
 * request for too long whatever frames arrive, floods of PING and SETTINGS, too many of one tenant.
 * What the library bounds itself (resets, CONTINUATION, empty frames, header lists, streams) is set
 * where the listener is made; what comes before the first head is {@link ConnectionBounds}'. One a
 * loop; not thread-safe.
 */
public final class ConnectionGuard {

  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);

  /** Of PING, and of SETTINGS, in ten seconds of one connection without a request in between. */
  public static final int MAX_CONTROL_FRAMES = 100;

  /** Tenants whose requests one connection may carry: a gateway of the client's own has several. */
  static final int MAX_TENANTS = 256;

  private static final long SWEEP_MILLIS = 500;

  /** For a request that was under way when its connection was found idle. */
  private static final long LEAVE_MILLIS = 1_000;

  private static final long ENHANCE_YOUR_CALM = 0xb;

  private final TenantConnections tenants;
  private final NanoClock clock;
  private final int maxTenantConnections;
  private final long bodyNanos;
  private final long answerNanos;
  private final long idleNanos;

  /** As many as the listener accepts. */
  private final Map<HttpConnection, GuardedConnection> connections = new IdentityHashMap<>();

  /** Guards the connections of one listener. */
  public ConnectionGuard(TenantConnections tenants, NanoClock clock, HttpConfig bounds) {
    this.tenants = tenants;
    this.clock = clock;
    this.maxTenantConnections = bounds.limits().maxTenantConnections();
    this.bodyNanos = bounds.limits().bodyTimeout().toNanos();
    this.answerNanos = bounds.limits().answerTimeout().toNanos();
    this.idleNanos = bounds.idleTimeout().toNanos();
  }

  /** Looks at the connections twice a second. */
  public void start(Vertx vertx) {
    vertx.setPeriodic(SWEEP_MILLIS, timer -> sweep(clock.nanoTime()));
  }

  /** A connection was made. */
  public void connected(HttpConnection connection) {
    GuardedConnection guarded =
        new GuardedConnection(connection, MAX_CONTROL_FRAMES, clock.nanoTime());
    connections.put(connection, guarded);
    connection.closeHandler(
        closed -> {
          connections.remove(connection);
          guarded.tenants().forEach(tenants::leave);
          guarded.tenants().clear();
        });
    // HTTP/1.1 has neither frames nor a window, and refuses to be asked for either.
    if (connection.getWindowSize() >= 0) {
      connection.pingHandler(ping -> control(guarded, guarded.pings, guarded.work()));
      connection.remoteSettingsHandler(settings -> control(guarded, guarded.settings, 0));
    }
  }

  /**
   * A request has begun.
   *
   * @param streams its body may take as long as it likes
   */
  public void started(HttpServerRequest request, boolean streams) {
    GuardedConnection guarded = connections.get(request.connection());
    if (guarded != null) {
      guarded.started(request, streams, clock.nanoTime());
    }
  }

  /** Why the tenant may not use that connection; nothing when it may, or uses it already. */
  public @Nullable String refusal(HttpConnection connection, String tenant) {
    GuardedConnection guarded = connections.get(connection);
    if (guarded == null || guarded.tenants().contains(tenant)) {
      return null;
    }
    String why = null;
    if (guarded.tenants().size() >= MAX_TENANTS) {
      why = "the connection serves " + MAX_TENANTS + " tenants, which is the bound; open another";
    } else if (!tenants.join(tenant, maxTenantConnections)) {
      why =
          "tenant "
              + tenant
              + " has "
              + maxTenantConnections
              + " connections open, which is the bound; close some, or send more over each";
    } else {
      guarded.tenants().add(tenant);
    }
    // Closed once the refusal is sent, unless a tenant uses it.
    guarded.unwanted = guarded.tenants().isEmpty();
    return why;
  }

  private void control(GuardedConnection guarded, ControlFrames frames, long work) {
    if (frames.floods(clock.nanoTime(), work)) {
      log.debug("{} sent too many PING or SETTINGS", guarded.connection.remoteAddress());
      guarded.connection.goAway(ENHANCE_YOUR_CALM);
      guarded.connection.close();
    }
  }

  private void sweep(long nowNanos) {
    // A copy, since closing may take a connection out at once.
    for (GuardedConnection guarded : new ArrayList<>(connections.values())) {
      long idleSinceNanos = guarded.idleSinceNanos(nowNanos);
      if (idleSinceNanos == Long.MIN_VALUE) {
        for (OpenRequest open : guarded.requests()) {
          if (open.late(nowNanos, bodyNanos, answerNanos)) {
            open.cut();
          }
        }
      } else if (guarded.unwanted) {
        guarded.connection.close();
      } else if (nowNanos - idleSinceNanos > idleNanos) {
        guarded.leave(LEAVE_MILLIS);
      }
    }
  }
}
