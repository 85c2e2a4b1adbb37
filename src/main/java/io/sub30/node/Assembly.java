package io.sub30.node;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sub30.budget.BudgetTracker;
import io.sub30.budget.EpochClock;
import io.sub30.budget.LaneBudget;
import io.sub30.budget.ModeSwitch;
import io.sub30.budget.NanoClock;
import io.sub30.bus.Bus;
import io.sub30.bus.Faults;
import io.sub30.bus.Hop;
import io.sub30.bus.LaneSnapshot;
import io.sub30.bus.Lanes;
import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.database.BatchWriter;
import io.sub30.database.DatabaseVerticle;
import io.sub30.database.Storage;
import io.sub30.databridge.DataBridgeVerticle;
import io.sub30.gateway.Doors;
import io.sub30.gateway.GatewayVerticle;
import io.sub30.gateway.edge.EdgeCache;
import io.sub30.gateway.identity.KeyRing;
import io.sub30.gateway.identity.Rehearsal;
import io.sub30.gateway.identity.RevocationList;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.gateway.tls.ServerCertificate;
import io.sub30.hub.HubVerticle;
import io.sub30.ml.MlVerticle;
import io.sub30.ops.BudgetSources;
import io.sub30.ops.OpsSettings;
import io.sub30.ops.OpsVerticle;
import io.sub30.ops.ReadyState;
import io.sub30.slo.LedgerRecorder;
import io.sub30.slo.ViolationLog;
import io.sub30.trading.TradingVerticle;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a node while they are put together: servers, stores, lanes with one instance of
 * every component, and the warm-up. Blocking; for the main thread.
 */
final class Assembly {

  private static final Logger log = LoggerFactory.getLogger(Assembly.class);
  private static final Set<String> COMPONENTS = LaneSnapshot.PATH;
  private static final long STEP_SECONDS = 60;

  /** Any number will do; that it is always the same makes a drill repeatable. */
  private static final long FAULT_SEED = 30;

  final Sub30Config config;
  final DataFolder folder;
  final UnaryOperator<BatchWriter> edge;
  final Knowledge knowledge;
  final Servers servers;
  final Storage storage;
  final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final ReadyState ready = new ReadyState();
  final List<BudgetTracker> trackers = Collections.synchronizedList(new ArrayList<>());
  final List<LaneBudget> budgets = Collections.synchronizedList(new ArrayList<>());
  final ModeSwitch mode;
  final Lanes lanes;
  final Vertx vertx;
  final Bus bus;
  final Doors doors;
  final @Nullable ServerCertificate certificate;
  final @Nullable LedgerRecorder recorder;
  private @Nullable String gateways;
  private @Nullable Pulse pulse;

  Assembly(
      Sub30Config config,
      DataFolder folder,
      Consumer<String> progress,
      UnaryOperator<BatchWriter> edge) {
    this.config = config;
    this.folder = folder;
    this.edge = edge;
    this.mode = new ModeSwitch(config.mode());
    log.info("starting, {} ms after the JVM", uptimeMillis());
    // What a refusal is likely to come from goes first: nothing is started yet that it would leave.
    OperatorTokens.require(config);
    Path ledgers = folder.ledgers();
    SigningKeys keys = keys(folder);
    Doors.Keys read =
        new Doors.Keys(
            keys,
            KeyRing.open(config.auth(), keys),
            RevocationList.open(config.auth()),
            ServerCertificate.open(config.http()));
    this.certificate = read.certificate();
    this.lanes =
        new Lanes(
            LanePlan.pools(
                LanePlan.count(config.lanes(), Runtime.getRuntime().availableProcessors()),
                config.http()));
    Groundwork laid = Groundwork.lay(config, folder, lanes.size(), registry, progress);
    this.knowledge = laid.knowledge();
    this.vertx = laid.vertx();
    this.servers = laid.servers();
    this.storage = laid.storage();
    storage.meters(registry);
    Doors.Shared shared =
        new Doors.Shared(
            new RateLimits(config.rates(), NanoClock.SYSTEM),
            new EdgeCache(config.http().edgeCache(), NanoClock.SYSTEM));
    this.doors = new Doors(config.auth(), read, knowledge.symbols(), EpochClock.SYSTEM, shared);
    doors.watch(vertx);
    if (config.http().accessLog()) {
      doors.logRequests(vertx, registry);
    }
    doors.meters(registry);
    Faults faults = config.faults().enabled() ? Faults.of(vertx, FAULT_SEED) : Faults.off();
    this.bus = Bus.install(vertx, config.plan(), NanoClock.SYSTEM, config.tracking(), faults);
    this.recorder =
        config.recording() ? LedgerRecorder.start(config.plan(), ledgers, EpochClock.SYSTEM) : null;
  }

  static long uptimeMillis() {
    return ManagementFactory.getRuntimeMXBean().getUptime();
  }

  private static SigningKeys keys(DataFolder folder) {
    try {
      return SigningKeys.open(folder.root());
    } catch (IOException e) {
      throw new ConfigException(
          "the signing key under " + folder.root() + " cannot be used: " + e.getMessage(), e);
    }
  }

  void deploy() {
    await(vertx.deployVerticle(new HubVerticle(bus)), "starting the hub");
    // Side by side: most of the time goes into waiting for the stores.
    Future<?> stores = onEveryLane(() -> new DatabaseVerticle(bus, lanes, config, storage, edge));
    Future<?> bridge =
        onEveryLane(
            () -> new DataBridgeVerticle(bus, lanes, knowledge.symbols(), config.dataBridge()));
    Future<?> models =
        onEveryLane(
            () ->
                new MlVerticle(
                    bus,
                    lanes,
                    knowledge.models(),
                    MlVerticle.DEFAULT_EMBEDDINGS,
                    config.breakers().model()));
    Future<?> trading = onEveryLane(() -> new TradingVerticle(bus, lanes, knowledge.strategies()));
    await(stores, "starting the stores");
    await(bridge, "starting the data bridge");
    await(models, "starting the models");
    await(trading, "starting trading");
    gateways = await(onEveryLane(this::gateway), "starting the gateway");
    lanes.verify(COMPONENTS);
    OpsSettings settings =
        new OpsSettings(
            config.ops().host(),
            config.ops().port(),
            COMPONENTS,
            lanes.ids(),
            new OperatorTokens(doors.credentials()));
    BudgetSources sources =
        new BudgetSources(() -> List.copyOf(trackers), () -> List.copyOf(budgets), mode);
    await(
        vertx.deployVerticle(
            new OpsVerticle(settings, bus, ready, registry, sources),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)),
        "starting ops");
    ready.deployed();
    log.info("all components are deployed at {} ms", uptimeMillis());
  }

  private Future<String> onEveryLane(Supplier<? extends Deployable> component) {
    return vertx.deployVerticle(component::get, new DeploymentOptions().setInstances(lanes.size()));
  }

  /** A gateway with a tracker and a budget of its own; all three live on one loop. */
  private GatewayVerticle gateway() {
    ViolationLog violations = new ViolationLog(NanoClock.SYSTEM);
    BudgetTracker tracker =
        new BudgetTracker(config.plan(), violations, recorder == null ? null : recorder.ring());
    LaneBudget budget =
        new LaneBudget(config.plan(), Hop.path(), mode, NanoClock.SYSTEM, violations::hanging);
    trackers.add(tracker);
    budgets.add(budget);
    return new GatewayVerticle(bus, lanes, config, tracker, budget, doors);
  }

  void warmUp(Endpoint api, Consumer<String> progress) {
    progress.accept("warming up");
    Rehearsal rehearsal = doors.credentials().rehearsal();
    OwnDoor door = new OwnDoor(vertx, api, certificate == null ? null : certificate::pem);
    Warmup warmup = new Warmup(vertx, rehearsal, door, NanoClock.SYSTEM, EpochClock.SYSTEM);
    Future<Void> tokens =
        vertx.executeBlocking(
            () -> {
              doors.credentials().warmUp();
              return null;
            });
    await(tokens, "verifying throwaway tokens");
    Warmup.Result result = await(warmup.run(lanes.size(), config.warmUp()), "warming up");
    rehearsal.dismissAll();
    log.info(
        "warmed up with {} requests, {} refused {}",
        result.answered(),
        result.refused(),
        result.lastRefusal());
    if (result.answered() == 0 && !config.warmUp().isZero()) {
      throw new ConfigException(
          "no warm-up request was answered; the last refusal was " + result.lastRefusal());
    }
    // Not before: a rehearsal of a faulty path would rehearse the faults.
    bus.faults().set(config.faults());
    ready.warmedUp();
    keepWarm(rehearsal, door);
  }

  private void keepWarm(Rehearsal rehearsal, OwnDoor door) {
    if (config.pulse().isZero()) {
      rehearsal.close();
      await(door.close(), "closing the rehearsal's connections");
      return;
    }
    pulse =
        new Pulse(
            vertx,
            rehearsal,
            door,
            NanoClock.SYSTEM,
            EpochClock.SYSTEM,
            () -> budgets.stream().mapToLong(lane -> lane.concurrency().begun()).sum(),
            registry);
    pulse.start(lanes.size(), config.pulse());
  }

  /** Stops in the order of dependence; the servers are stopped whatever happens before. */
  void close() {
    ready.stopping();
    if (pulse != null) {
      pulse.stop();
    }
    try {
      if (gateways != null) {
        // Before all others: what is under way needs them, and so do the cells that are saved.
        await(vertx.undeploy(gateways), "closing the listeners and saving the cells");
      }
      await(storage.close(), "closing the columnar store");
      await(vertx.close(), "stopping the components");
    } catch (ConfigException e) {
      log.warn("{}", e.getMessage());
      vertx.close();
    } finally {
      storage.closeSpool();
      if (recorder != null) {
        recorder.close();
      }
      knowledge.models().close();
      servers.close();
    }
  }

  /** Waits on the main thread; a failure that is meant for the user keeps its message. */
  static <T> T await(Future<T> step, String what) {
    try {
      return step.toCompletionStage().toCompletableFuture().get(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConfigException known) {
        throw known;
      }
      throw new ConfigException(what + " failed: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new ConfigException(what + " took more than " + STEP_SECONDS + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConfigException(what + " was interrupted", e);
    }
  }
}
