package io.sub30.bus;

import io.sub30.budget.BreakerStatus;
import io.sub30.budget.Tier;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Heartbeat;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells the hub, every second, that one component of one lane is alive and how its dependencies
 * are. The first beat goes out at once. Runs on the loop it was started from; when that loop hangs
 * the beats stop, which is the point.
 */
public final class Heartbeats {

  static final long PERIOD_MILLIS = 1_000;

  /** A beat that comes later than the next one says nothing. */
  private static final long WORTH_NANOS = 2_000_000_000L;

  private final Vertx vertx;
  private final Bus bus;
  private final Heartbeat identity;
  private final Supplier<List<DependencyHealth>> dependencies;
  private long timer;

  private Heartbeats(
      Vertx vertx, Bus bus, Heartbeat identity, Supplier<List<DependencyHealth>> dependencies) {
    this.vertx = vertx;
    this.bus = bus;
    this.identity = identity;
    this.dependencies = dependencies;
  }

  /**
   * Starts beating. To be called from the component's own loop.
   *
   * @param identity who beats; see {@link #identity}
   * @param dependencies what is known now of each dependency, on the same loop; it must not block
   */
  public static Heartbeats start(
      Vertx vertx, Bus bus, Heartbeat identity, Supplier<List<DependencyHealth>> dependencies) {
    Heartbeats heartbeats = new Heartbeats(vertx, bus, identity, dependencies);
    heartbeats.beat();
    heartbeats.timer = vertx.setPeriodic(PERIOD_MILLIS, id -> heartbeats.beat());
    return heartbeats;
  }

  /** A component of this process, with the weight 1. A node of a cluster sets its own name. */
  public static Heartbeat identity(String component, int lane, Tier pool) {
    String version = Heartbeats.class.getPackage().getImplementationVersion();
    return Heartbeat.newBuilder()
        .setNode(node())
        .setComponent(component)
        .setLane(lane)
        .setPool(pool.label())
        .setWeight(1)
        .setVersion(version == null ? "development" : version)
        .build();
  }

  /** How this process is called on the bus, unless a node of a cluster sets its own name. */
  public static String node() {
    return "pid-" + ProcessHandle.current().pid();
  }

  /** A breaker's status, as a beat carries it. */
  public static BreakerHealth breaker(BreakerStatus status) {
    return BreakerHealth.newBuilder()
        .setState(
            switch (status.state()) {
              case CLOSED -> BreakerHealth.State.CLOSED;
              case HALF_OPEN -> BreakerHealth.State.HALF_OPEN;
              case OPEN -> BreakerHealth.State.OPEN;
            })
        .setFailureRate(status.failureRate())
        .setSlowRate(status.slowRate())
        .setOpened(status.opened())
        .setCalls(status.calls())
        .setFailures(status.failures())
        .setSlow(status.slow())
        .setRefused(status.refused())
        .setLastCause(status.lastCause())
        .build();
  }

  /** Stops beating; the hub forgets the component a few seconds later. */
  public void stop() {
    vertx.cancelTimer(timer);
  }

  private void beat() {
    Heartbeat beat = identity.toBuilder().addAllDependencies(dependencies.get()).build();
    bus.publish(Address.HEARTBEAT, bus.own("heartbeat", WORTH_NANOS), beat);
  }
}
