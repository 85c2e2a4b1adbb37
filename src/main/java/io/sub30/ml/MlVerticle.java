package io.sub30.ml;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.BreakerStatus;
import io.sub30.bus.Address;
import io.sub30.bus.Bus;
import io.sub30.bus.Dependency;
import io.sub30.bus.DependencyBreaker;
import io.sub30.bus.Heartbeats;
import io.sub30.bus.Hop;
import io.sub30.bus.Lanes;
import io.sub30.v1.DependencyHealth;
import io.sub30.v1.Done;
import io.sub30.v1.Heartbeat;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ml component on one lane: answers {@code PredictRequest}, makes embeddings of {@code
 * BarClosed}, and forgets tenants. The models were loaded before it is deployed; the store swaps
 * them, this lane follows with its next message.
 */
public final class MlVerticle extends VerticleBase {

  /** The name this component claims its lanes under. */
  public static final String COMPONENT = "ml";

  /** Embeddings a lane keeps by default, about 0.8 KB each with the windows they are made of. */
  public static final int DEFAULT_EMBEDDINGS = 8_192;

  private final Bus bus;
  private final Lanes lanes;
  private final ModelStore store;
  private final int embeddingsKept;
  private final BreakerLimits limits;

  /** By model, of those that were used; as many as there are models. */
  private final Map<String, DependencyBreaker> breakers = new TreeMap<>();

  private @Nullable Predictor predictor;
  private @Nullable Heartbeats heartbeats;

  /**
   * @param store opened before, closed by its owner after every lane has stopped
   * @param embeddingsKept how many (tenant, terminal, symbol) a lane keeps embeddings of, from 1
   * @param limits when a model is not run any more
   */
  public MlVerticle(
      Bus bus, Lanes lanes, ModelStore store, int embeddingsKept, BreakerLimits limits) {
    this.bus = bus;
    this.lanes = lanes;
    this.store = store;
    this.embeddingsKept = embeddingsKept;
    this.limits = limits;
  }

  @Override
  public Future<?> start() {
    int lane = lanes.claim(COMPONENT);
    Predictor serving = new Predictor(store, embeddingsKept, this::breaker, bus.clock());
    predictor = serving;
    Heartbeat identity = Heartbeats.identity(COMPONENT, lane, lanes.pool(lane));
    return Future.all(
            bus.serve(
                Address.PREDICT,
                lane,
                request ->
                    Future.succeededFuture(serving.predict(request.tenant(), request.payload()))),
            bus.serve(
                Address.BAR_CLOSED,
                lane,
                bar -> {
                  serving.barClosed(bar.tenant(), bar.payload(), bar.rehearsal());
                  return done();
                }),
            bus.serve(
                Address.ML_FORGET,
                lane,
                forget -> {
                  serving.forget(forget.tenant());
                  return done();
                }))
        .onSuccess(served -> heartbeats = Heartbeats.start(vertx, bus, identity, this::models));
  }

  @Override
  public Future<?> stop() {
    if (heartbeats != null) {
      heartbeats.stop();
    }
    if (predictor != null) {
      predictor.close();
    }
    return Future.succeededFuture();
  }

  /** Without a model every symbol goes unpredicted, but batches are still stored: not required. */
  private List<DependencyHealth> models() {
    Set<String> symbols = store.symbols();
    List<DependencyHealth> health = new ArrayList<>();
    health.add(
        DependencyHealth.newBuilder()
            .setName("model")
            .setUp(!symbols.isEmpty())
            .setRequired(false)
            .setDetail(symbols.isEmpty() ? "no model is active" : String.join(", ", symbols))
            .build());
    breakers.values().removeIf(DependencyBreaker::isDiscarded);
    breakers.forEach((model, breaker) -> health.add(health(model, breaker.status())));
    return health;
  }

  private static DependencyHealth health(String model, BreakerStatus status) {
    return DependencyHealth.newBuilder()
        .setName(dependency(model))
        .setUp(status.isClosed())
        .setRequired(false)
        .setDetail(status.isClosed() ? "answering" : status.lastCause())
        .setBreaker(Heartbeats.breaker(status))
        .build();
  }

  private static String dependency(String model) {
    return "model." + model;
  }

  private DependencyBreaker breaker(String model, Runnable probe) {
    DependencyBreaker breaker =
        new DependencyBreaker(
            vertx,
            bus.clock(),
            Dependency.of(dependency(model), Hop.ML_PROCESSING),
            limits,
            () -> {
              probe.run();
              return Future.succeededFuture();
            });
    breakers.put(model, breaker);
    return breaker;
  }

  private static Future<Done> done() {
    return Future.succeededFuture(Done.getDefaultInstance());
  }
}
