package io.sub30.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.Deadline;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Ledger;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Envelope;
import io.sub30.bus.Hop;
import io.sub30.bus.Lanes;
import io.sub30.v1.BarClosed;
import io.sub30.v1.BreakerHealth;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Done;
import io.sub30.v1.ForgetRequest;
import io.sub30.v1.Heartbeat;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.sub30.v1.SymbolFeatures;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MlVerticleTest {

  private static final long PATIENCE_SECONDS = 20;
  private static final long BAR = 60_000_000;
  private static final long SLOW = 8_000_000;
  private static final BreakerLimits LIMITS =
      new BreakerLimits(10_000_000_000L, 5, 50, 80, SLOW, 20, 3);

  @TempDir Path folder;
  private final FakeNanoClock clock = new FakeNanoClock(0);

  /** What the clock goes on at each look: how long everything seems to take. */
  private final AtomicLong stepNanos = new AtomicLong();

  private final BlockingQueue<Heartbeat> beats = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Bus bus;
  private ModelStore store;

  @BeforeEach
  void deploy() throws Exception {
    ModelWriter.write(folder, Synthetic.ID, Synthetic.files(Synthetic.ID), "");
    store = ModelStore.open(List.of(new ModelSource.Folder(folder)), folder);
    vertx = Vertx.vertx();
    bus =
        Bus.install(
            vertx,
            Plans.specified(),
            () -> {
              clock.advanceNanos(stepNanos.get());
              return clock.nanoTime();
            },
            true);
    await(bus.listen(Address.HEARTBEAT, beat -> beats.add(beat.payload())));
    await(
        vertx.deployVerticle(new MlVerticle(bus, new Lanes(List.of(Tier.PRO)), store, 10, LIMITS)));
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
    store.close();
  }

  @Test
  void request_afterABarClosed_isPredictedUntilForgotten() throws Exception {
    assertThat(predict("acme").getDegraded(0).getReason()).isEqualTo("warming");
    assertThat(await(bus.request(Address.BAR_CLOSED, 0, envelope("acme"), bar())))
        .isEqualTo(Done.getDefaultInstance());
    assertThat(predict("acme").getPredictions(0).getSource()).isEqualTo("full");
    assertThat(predict("other").getDegraded(0).getReason()).isEqualTo("warming");
    await(bus.request(Address.ML_FORGET, 0, envelope("acme"), ForgetRequest.getDefaultInstance()));
    assertThat(predict("acme").getDegraded(0).getReason()).isEqualTo("warming");
  }

  @Test
  void start_withAModel_beatsWithItsHealth() throws Exception {
    Heartbeat beat = beats.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(beat).isNotNull();
    assertThat(beat.getComponent()).isEqualTo("ml");
    assertThat(beat.getPool()).isEqualTo("pro");
    assertThat(beat.getDependencies(0).getName()).isEqualTo("model");
    assertThat(beat.getDependencies(0).getUp()).isTrue();
    assertThat(beat.getDependencies(0).getDetail()).isEqualTo("SYNTH");
  }

  @Test
  void request_modelTooSlow_isNotRunUntilItsProbesAreQuick() throws Exception {
    await(bus.request(Address.BAR_CLOSED, 0, envelope("acme"), bar()));
    assertThat(predict("acme").getPredictionsCount()).isEqualTo(1);

    stepNanos.set(SLOW);
    Awaitility.await()
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> predict("acme").getPredictionsCount() == 0);
    assertThat(predict("acme").getDegraded(0).getReason()).isEqualTo("model_unavailable");
    DependencyHealth open =
        heard(health -> health.getBreaker().getState() != BreakerHealth.State.CLOSED);
    assertThat(open.getUp()).isFalse();
    assertThat(open.getRequired()).isFalse();
    assertThat(open.getBreaker().getOpened()).isEqualTo(1);
    // Its probes are slow as well: it stays like that.
    assertThat(predict("acme").getDegraded(0).getReason()).isEqualTo("model_unavailable");

    stepNanos.set(0);
    Awaitility.await()
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> predict("acme").getPredictionsCount() == 1);
    assertThat(heard(DependencyHealth::getUp).getBreaker().getOpened()).isEqualTo(1);
  }

  /** What the next such beat says of the synthetic model's breaker. */
  private DependencyHealth heard(Predicate<DependencyHealth> wanted) throws Exception {
    while (true) {
      Heartbeat beat = beats.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(beat).isNotNull();
      for (DependencyHealth health : beat.getDependenciesList()) {
        if (health.getName().equals("model.synthetic") && wanted.test(health)) {
          return health;
        }
      }
    }
  }

  private Predictions predict(String tenant) throws Exception {
    Sample sample = Synthetic.usualSet().samples().get(10);
    SymbolFeatures.Builder symbol =
        SymbolFeatures.newBuilder()
            .setSymbol(Synthetic.SYMBOL)
            .setLastBarMsc(BAR)
            .setAsOfMsc(BAR + 60_001)
            .setWarm(true);
    for (float value : sample.features()) {
      symbol.addFeatures(value);
    }
    PredictRequest request =
        PredictRequest.newBuilder().setTerminal("t1").addSymbols(symbol).build();
    return await(bus.request(Address.PREDICT, 0, envelope(tenant), request));
  }

  private static BarClosed bar() {
    BarClosed.Builder out =
        BarClosed.newBuilder().setTerminal("t1").setSymbol(Synthetic.SYMBOL).setBarMsc(BAR);
    for (float value : Synthetic.usualSet().windows().get(10)) {
      out.addWindow(value);
    }
    return out.build();
  }

  private Envelope<Done> envelope(String tenant) {
    return new Envelope<>(
        Hop.API_GATEWAY,
        "request",
        tenant,
        Tier.PRO,
        false,
        Deadline.after(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS), clock),
        Ledger.detached(Plans.specified()),
        Done.getDefaultInstance());
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
