package io.sub30.trading;

import static io.sub30.trading.Fixtures.STRATEGY;
import static io.sub30.trading.Fixtures.TUESDAY_MSC;
import static io.sub30.trading.Fixtures.eurusd;
import static io.sub30.trading.Fixtures.request;
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
import io.sub30.bus.Lanes;
import io.sub30.v1.Decision;
import io.sub30.v1.Done;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.RestoreRequest;
import io.sub30.v1.SettleReply;
import io.sub30.v1.SettleRequest;
import io.sub30.v1.Settlement;
import io.sub30.v1.Side;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The four addresses over a real bus, in one process. */
class TradingVerticleTest {

  private final Vertx vertx = Vertx.vertx();
  private final Plan plan =
      new Plan(
          Hop.lines().stream().map(line -> new Plan.Line(line, Duration.ofSeconds(1))).toList(),
          Duration.ofSeconds(Hop.lines().size()),
          Map.of(
              Tier.FREE, Duration.ofSeconds(30),
              Tier.PRO, Duration.ofSeconds(20),
              Tier.ENTERPRISE, Duration.ofSeconds(9)));
  private final Bus bus = Bus.install(vertx, plan, NanoClock.SYSTEM, true);
  private final Lanes lanes = new Lanes(List.of(Tier.PRO));

  @BeforeEach
  void deploy() throws Exception {
    done(vertx.deployVerticle(new TradingVerticle(bus, lanes, Fixtures.book(STRATEGY))));
    lanes.verify(Set.of(TradingVerticle.COMPONENT));
  }

  @AfterEach
  void close() throws Exception {
    done(vertx.close());
  }

  private static <T> T done(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private <Q extends MessageLite, R extends MessageLite> R ask(Address<Q, R> address, Q payload)
      throws Exception {
    Envelope<Done> origin =
        new Envelope<>(
            Hop.API_GATEWAY,
            "r1",
            "acme",
            Tier.PRO,
            false,
            Deadline.after(20_000_000_000L, bus.clock()),
            Ledger.open(plan, bus.clock().nanoTime()),
            Done.getDefaultInstance());
    return done(bus.request(address, 0, origin, payload));
  }

  @Test
  void serve_decideSettleForgetRestore_keepsTheTenantsState() throws Exception {
    Decision first = ask(Address.DECIDE, request(1, eurusd(TUESDAY_MSC, 0.8)).build());
    assertThat(first.getSignals(0).getSide()).isEqualTo(Side.BUY);
    SettleReply settled =
        ask(
            Address.TRADING_SETTLE,
            SettleRequest.newBuilder()
                .setOrdinal(1)
                .setSettlement(Settlement.COMMITTED)
                .setCheckpoint(true)
                .build());
    ask(Address.TRADING_FORGET, ForgetRequest.getDefaultInstance());
    assertThatThrownBy(() -> ask(Address.DECIDE, request(2, eurusd(TUESDAY_MSC, 0.8)).build()))
        .hasMessageContaining("before the state was restored");
    ask(
        Address.TRADING_RESTORE,
        RestoreRequest.newBuilder()
            .setState(settled.getState())
            .setOrdinal(1)
            .setLast(true)
            .build());
    Decision second = ask(Address.DECIDE, request(2, eurusd(TUESDAY_MSC + 1, 0.8)).build());
    assertThat(second.getSignals(0).getReasonsList()).containsExactly("cooldown");
  }
}
