package io.sub30.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Heartbeats;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.LaneTable;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HubVerticleTest {

  private static final long PATIENCE_SECONDS = 20;

  private final FakeNanoClock clock = new FakeNanoClock(0);
  private final BlockingQueue<LaneTable> tables = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Bus bus;

  @BeforeEach
  void deploy() throws Exception {
    vertx = Vertx.vertx();
    bus = Bus.install(vertx, Plans.specified(), clock, true);
    await(bus.listen(Address.LANE_TABLE, table -> tables.add(table.payload())));
    await(vertx.deployVerticle(new HubVerticle(bus)));
    assertThat(next().getEntriesCount()).isZero();
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  @Test
  void heartbeat_first_isPublishedAtOnceWithItsDependencies() throws Exception {
    DependencyHealth redis = DependencyHealth.newBuilder().setName("redis").setUp(true).build();
    Heartbeats.start(vertx, bus, Heartbeats.identity("gateway", 4, Tier.PRO), () -> List.of(redis));

    LaneTable table = next();
    assertThat(table.getRevision()).isEqualTo(1);
    assertThat(table.getEntries(0).getComponent()).isEqualTo("gateway");
    assertThat(table.getEntries(0).getLane()).isEqualTo(4);
    assertThat(table.getEntries(0).getPool()).isEqualTo("pro");
    assertThat(table.getEntries(0).getWeight()).isEqualTo(1);
    assertThat(table.getEntries(0).getDependenciesList()).containsExactly(redis);
  }

  @Test
  void heartbeat_stopped_isForgottenAfterTheExpiry() throws Exception {
    Heartbeats beats =
        Heartbeats.start(vertx, bus, Heartbeats.identity("ml", 0, Tier.FREE), List::of);
    next();
    beats.stop();
    clock.advanceNanos(LaneRegistry.EXPIRY_NANOS + 1);

    LaneTable table = next();
    assertThat(table.getEntriesCount()).isZero();
    assertThat(table.getRevision()).isEqualTo(2);
  }

  @Test
  void heartbeat_nonsense_leavesTheHubWorking() throws Exception {
    Heartbeats.start(vertx, bus, Heartbeats.identity("ml", -3, Tier.FREE), List::of);
    Heartbeats.start(vertx, bus, Heartbeats.identity("ml", 3, Tier.FREE), List::of);

    assertThat(next().getEntriesList()).extracting(beat -> beat.getLane()).containsExactly(3);
  }

  @Test
  void table_unchanged_isRepeatedAfterTwoSeconds() throws Exception {
    clock.advanceNanos(HubVerticle.REPEAT_NANOS);

    assertThat(next().getRevision()).isZero();
  }

  private LaneTable next() throws InterruptedException {
    LaneTable table = tables.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(table).as("a published table").isNotNull();
    return table;
  }

  private static void await(io.vertx.core.Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
