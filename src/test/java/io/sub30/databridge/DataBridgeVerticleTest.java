package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.bus.HopFailure;
import io.sub30.bus.Lanes;
import io.sub30.config.DataBridgeConfig;
import io.sub30.market.BarWindow;
import io.sub30.market.SymbolsTest;
import io.sub30.market.SyntheticTicks;
import io.sub30.v1.BarClosed;
import io.sub30.v1.Done;
import io.sub30.v1.Enrichment;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.StoredBatch;
import io.sub30.v1.Tick;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bridge on a real bus: what the plain classes decide must come out at its addresses. */
class DataBridgeVerticleTest {

  private static final int LANE = 0;
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<BarClosed> bars = new LinkedBlockingQueue<>();
  private final NanoClock stopped = () -> 0;
  private Plan plan;
  private Vertx vertx;
  private Bus bus;

  private static Plan plan() {
    var lines = new ArrayList<Plan.Line>();
    Hop.lines().forEach(line -> lines.add(new Plan.Line(line, Duration.ofSeconds(2))));
    Map<Tier, Duration> tiers = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      tiers.put(tier, Duration.ofSeconds(18));
    }
    return new Plan(lines, Duration.ofSeconds(18), tiers);
  }

  @BeforeEach
  void deploy() throws Exception {
    plan = plan();
    vertx = Vertx.vertx();
    bus = Bus.install(vertx, plan, stopped, true);
    await(
        bus.serve(
            Address.BAR_CLOSED,
            LANE,
            bar -> {
              bars.add(bar.payload());
              return Future.succeededFuture(Done.getDefaultInstance());
            }));
    var lanes = new Lanes(List.of(Tier.PRO));
    await(
        vertx.deployVerticle(
            new DataBridgeVerticle(
                bus, lanes, SymbolsTest.shipped(), DataBridgeConfig.defaults())));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private <Q extends MessageLite, R extends MessageLite> R ask(Address<Q, R> address, Q payload)
      throws Exception {
    Envelope<Q> origin =
        new Envelope<>(
            Hop.API_GATEWAY,
            "r1",
            "acme",
            Tier.PRO,
            false,
            Deadline.after(Duration.ofSeconds(18).toNanos(), stopped),
            Ledger.open(plan, 0),
            payload);
    return await(bus.request(address, LANE, origin, payload));
  }

  private static SettleRequest settle(long ordinal, Settlement settlement) {
    return SettleRequest.newBuilder()
        .setOrdinal(ordinal)
        .setSettlement(settlement)
        .setCheckpoint(true)
        .build();
  }

  /** Four ticks a minute. */
  private static List<Tick> quarters(int from, int to) {
    var ticks = new ArrayList<Tick>();
    for (int i = from; i < to; i++) {
      ticks.add(
          Requests.quote("EURUSD", SyntheticTicks.START_MSC + i * 15_000L, 1.1 + i * 1e-6, 1.2));
    }
    return ticks;
  }

  @Test
  void path_enrichSettleForgetRestore_comesBackToTheSameState() throws Exception {
    var first = Requests.request(1, quarters(0, 4 * 32));
    Enrichment enriched = ask(Address.ENRICH, first);
    assertThat(enriched.getTicks().getIndexCount()).isEqualTo(128);
    ask(Address.BRIDGE_SETTLE, settle(1, Settlement.COMMITTED));
    var second = Requests.request(2, quarters(128, 129));
    Enrichment more = ask(Address.ENRICH, second);
    SettleReply lived = ask(Address.BRIDGE_SETTLE, settle(2, Settlement.COMMITTED));

    BarClosed bar = bars.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(bar).as("bars without a full window are not sent").isNotNull();
    assertThat(bar.getWindowCount()).isEqualTo(BarWindow.SIZE);
    assertThat(bar.getBarMsc()).isEqualTo(SyntheticTicks.START_MSC + 31 * 60_000L);

    ask(Address.BRIDGE_FORGET, ForgetRequest.getDefaultInstance());
    assertThatThrownBy(() -> ask(Address.ENRICH, Requests.request(3, quarters(129, 130))))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(HopFailure.class);
    List<StoredBatch> stored =
        List.of(Requests.stored(first, enriched), Requests.stored(second, more));
    ask(
        Address.BRIDGE_RESTORE,
        RestoreRequest.newBuilder().addAllBatches(stored).setLast(true).build());
    ask(Address.ENRICH, Requests.request(3, quarters(129, 130)));
    SettleReply restored = ask(Address.BRIDGE_SETTLE, settle(3, Settlement.ABORTED));
    assertThat(restored.getState()).isEqualTo(lived.getState());
  }

  @Test
  void enrich_moreTicksThanATurn_isAnsweredWhole() throws Exception {
    int count = 4 * DataBridgeVerticle.YIELD_TICKS + 1;
    Enrichment enriched = ask(Address.ENRICH, Requests.request(1, quarters(0, count)));
    assertThat(enriched.getTicks().getIndexCount()).isEqualTo(count);
    SettleReply lived = ask(Address.BRIDGE_SETTLE, settle(1, Settlement.COMMITTED));
    var stored = new ArrayList<StoredBatch>();
    stored.add(Requests.stored(Requests.request(1, List.of()), enriched));
    for (int ordinal = 2; ordinal < 10; ordinal++) {
      stored.add(stored.get(0).toBuilder().setOrdinal(ordinal).clearTicks().build());
    }
    ask(
        Address.BRIDGE_RESTORE,
        RestoreRequest.newBuilder().addAllBatches(stored).setLast(true).build());
    assertThat(lived.getState().isEmpty()).isFalse();
    ask(Address.ENRICH, Requests.request(10, quarters(count, count + 1)));
  }
}
