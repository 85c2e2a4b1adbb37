package io.sub30.config;

import io.sub30.budget.Mode;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole configuration of one process.
 *
 * @param warmUp how long the path is rehearsed before the process calls itself ready
 * @param pulse how often a made-up batch keeps the path warm while no client sends; zero: never
 * @param mode what is done with what the budget's estimates say, until an operator changes it
 * @param tracking whether hops are stamped
 * @param recording whether the ledgers of requests are kept in the data folder
 * @param lanes event loops that carry the path; 0: chosen from the machine
 * @param rates how often a tenant may ask
 * @param breakers when a dependency is not asked any more
 * @param symbols the symbol table's file; empty: the packaged one
 * @param strategies the strategies' file; empty: the packaged one
 * @param models a further folder of models
 * @param preset what this configuration is meant for
 * @param faults what is injected in tests and drills
 */
public record Sub30Config(
    Duration warmUp,
    Duration pulse,
    HttpConfig http,
    OpsConfig ops,
    AuthConfig auth,
    Plan plan,
    Mode mode,
    boolean tracking,
    boolean recording,
    int lanes,
    GatewayConfig gateway,
    RatesConfig rates,
    DataBridgeConfig dataBridge,
    DatabaseConfig database,
    BreakersConfig breakers,
    Optional<Path> symbols,
    Optional<Path> strategies,
    Optional<Path> models,
    Preset preset,
    FaultsConfig faults) {

  private static final List<String> BUDGET_LINES =
      List.of(
          "client_gateway",
          "api_gateway",
          "data_bridge",
          "database_service",
          "ml_processing",
          "trading_engine",
          "central_hub",
          "response_assembly",
          "network_buffer");

  /** A beat takes some milliseconds itself. */
  private static final Duration FASTEST_PULSE = Duration.ofMillis(10);

  /**
   * Reads the packaged defaults, then the file, then the environment, then the options; each may
   * override the one before.
   *
   * @param file the user's file; empty: only the defaults
   * @param environment the process's variables
   * @param options keys set by the command line
   * @throws ConfigException naming the key, the value and what would be right
   */
  public static Sub30Config load(
      Optional<Path> file, Map<String, String> environment, Map<String, String> options) {
    ConfigTree tree = ConfigTree.defaults(packaged("/conf/sub30.yaml"));
    file.ifPresent(path -> tree.overlay(read(path), path.toString()));
    tree.overlayEnvironment(environment);
    options.forEach(
        (key, value) -> tree.override(key, new ConfigTree.Entry(value, "the command line")));
    return from(new ConfigReader(tree));
  }

  /** The same on ports that were settled on. */
  public Sub30Config withPorts(int apiPort, int opsPort) {
    return new Sub30Config(
        warmUp,
        pulse,
        new HttpConfig(
            http.host(),
            apiPort,
            http.enterprisePort(),
            http.maxBodyBytes(),
            http.idleTimeout(),
            http.maxStreams(),
            http.maxHeaderBytes(),
            http.tls(),
            http.limits(),
            http.edgeCache(),
            http.accessLog(),
            http.grpcReflection()),
        new OpsConfig(ops.host(), opsPort),
        auth,
        plan,
        mode,
        tracking,
        recording,
        lanes,
        gateway,
        rates,
        dataBridge,
        database,
        breakers,
        symbols,
        strategies,
        models,
        preset,
        faults);
  }

  private static Sub30Config from(ConfigReader in) {
    Preset preset = Preset.from(in);
    return new Sub30Config(
        in.duration("node.warm_up", Duration.ZERO, Duration.ofMinutes(1)),
        pulse(in),
        HttpConfig.from(in),
        OpsConfig.from(in),
        AuthConfig.from(in),
        plan(in),
        mode(in),
        in.flag("budget.tracking"),
        in.flag("budget.record"),
        in.integer("lanes.count", 0, 256),
        GatewayConfig.from(in),
        RatesConfig.from(in),
        DataBridgeConfig.from(in),
        DatabaseConfig.from(in),
        BreakersConfig.from(in),
        in.path("market.symbols"),
        in.path("trading.strategies"),
        in.path("ml.models"),
        preset,
        FaultsConfig.from(in, preset));
  }

  private static Duration pulse(ConfigReader in) {
    Duration every = in.duration("node.pulse", Duration.ZERO, Duration.ofMinutes(1));
    if (!every.isZero() && every.compareTo(FASTEST_PULSE) < 0) {
      throw in.refuse("node.pulse", "0s, or at least " + FASTEST_PULSE.toMillis() + "ms");
    }
    return every;
  }

  private static Mode mode(ConfigReader in) {
    return Mode.of(in.text("budget.mode"))
        .orElseThrow(() -> in.refuse("budget.mode", "one of " + Mode.labels()));
  }

  private static Plan plan(ConfigReader in) {
    Duration least = Duration.ofNanos(1_000);
    Duration most = Duration.ofHours(1);
    List<Plan.Line> lines = new ArrayList<>();
    for (String line : BUDGET_LINES) {
      lines.add(new Plan.Line(line, in.duration("budget.lines." + line, least, most)));
    }
    Map<Tier, Duration> tiers = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      tiers.put(tier, in.duration("budget.tiers." + tier.label(), least, most));
    }
    try {
      return new Plan(lines, in.duration("budget.total", least, most), tiers);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("budget.lines: " + e.getMessage(), e);
    }
  }

  /** A resource of the jar, as text. */
  public static String packaged(String resource) {
    try (InputStream in = Sub30Config.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of that file, or of the packaged resource when there is no file. */
  public static String textOf(Optional<Path> file, String resource) {
    return file.map(Sub30Config::read).orElseGet(() -> packaged(resource));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new ConfigException(
          "cannot read the configuration file " + file + ": it must be a readable UTF-8 text file",
          e);
    }
  }
}
