package io.sub30.faults;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.config.Sub30Config;
import io.sub30.database.BatchWriter;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import io.sub30.node.TestServers;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A whole node on a PostgreSQL and a Redis that it reaches through proxies, and that can be stopped
 * and started under it. Blocking; for the test's thread.
 */
final class FaultStage implements AutoCloseable {

  private final Path root;
  private final Path postgresFolder;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final DataFolder folder;
  private TestServers.Server postgres;
  private TestServers.Server redis;
  private final URI redisUri;
  private final TcpProxy toPostgres;
  private final TcpProxy toRedis;
  private final UnaryOperator<BatchWriter> edge;
  private Node node;

  FaultStage(Path root, Path postgresFolder, Map<String, String> more) throws IOException {
    this(root, postgresFolder, more, UnaryOperator.identity());
  }

  FaultStage(
      Path root, Path postgresFolder, Map<String, String> more, UnaryOperator<BatchWriter> edge)
      throws IOException {
    this.edge = edge;
    this.root = root;
    this.postgresFolder = postgresFolder;
    this.postgres = TestServers.postgres(postgresFolder, 0);
    this.redis = TestServers.redis(root.resolve("redis"), 0);
    this.redisUri = redis.uri();
    this.toPostgres = new TcpProxy(postgres.uri().getPort());
    this.toRedis = new TcpProxy(redisUri.getPort());
    this.folder = DataFolder.at(root.resolve("data")).lock();
    options.putAll(
        Map.of(
            "http.port",
            "0",
            "ops.port",
            "0",
            "lanes.count",
            "1",
            "node.warm_up",
            "300ms",
            "postgres.uri",
            through(postgres.uri(), toPostgres).toString(),
            "redis.uri",
            through(redisUri, toRedis).toString()));
    options.putAll(more);
    this.node = start();
  }

  static FaultStage in(Path root) throws IOException {
    return new FaultStage(root, root.resolve("pg"), Map.of());
  }

  private Node start() {
    return Node.start(
        Sub30Config.load(Optional.empty(), Map.of(), OpenRates.under(options)),
        folder,
        progress -> {},
        edge);
  }

  private static URI through(URI server, TcpProxy proxy) {
    return URI.create(
        server
            .toString()
            .replace(
                server.getHost() + ":" + server.getPort(), server.getHost() + ":" + proxy.port()));
  }

  Node node() {
    return node;
  }

  TcpProxy toPostgres() {
    return toPostgres;
  }

  TcpProxy toRedis() {
    return toRedis;
  }

  /** Past the proxy. */
  URI postgres() {
    return postgres.uri();
  }

  URI redis() {
    return redisUri;
  }

  long postgresPid() {
    return postgres.pid();
  }

  Path postgresData() {
    return DataFolder.at(postgresFolder).postgres().resolve("data");
  }

  URI api() {
    return URI.create(node.api().url());
  }

  /** Of the tier free, which has time enough on any machine. */
  String token(String tenant) throws IOException {
    return token(tenant, Tier.FREE);
  }

  String token(String tenant, Tier tier) throws IOException {
    return new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
        .mint(new TokenRequest(tenant, tier, null, Duration.ofHours(1)));
  }

  void restartNode() {
    node.close();
    node = start();
  }

  /** Another setting from the next start of the node on. */
  void set(String key, String value) {
    options.put(key, value);
  }

  void stopNode() {
    node.close();
  }

  void startNode() {
    node = start();
  }

  /** A fast stop: what is under way is rolled back, connections are told. */
  void stopPostgres() {
    postgres.close();
  }

  /** An immediate stop: nobody is told anything, and the next start recovers as from a crash. */
  void crashPostgres() throws Exception {
    signal("-QUIT", postgres.pid());
    ProcessHandle.of(postgres.pid()).ifPresent(process -> end(process));
    postgres.close();
  }

  private static void end(ProcessHandle process) {
    try {
      process.onExit().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("PostgreSQL does not end", e);
    }
  }

  static void signal(String signal, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(pid)).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("kill " + signal + " " + pid + " failed");
    }
  }

  /** On the port it had. */
  void startPostgres() {
    postgres = TestServers.postgres(postgresFolder, postgres.uri().getPort());
  }

  void stopRedis() {
    redis.close();
  }

  /** On the port it had, with the password it had: each start of the server makes a new one. */
  void startRedis() {
    redis = TestServers.redis(root.resolve("redis"), redisUri.getPort());
    String password = redisUri.getUserInfo().substring(redisUri.getUserInfo().indexOf(':') + 1);
    Vertx vertx = Vertx.vertx();
    try {
      Waiting.on(
          Redis.createClient(vertx, redis.uri().toString())
              .send(Request.cmd(Command.CONFIG).arg("SET").arg("requirepass").arg(password)));
    } finally {
      Waiting.on(vertx.close());
    }
  }

  @Override
  public void close() throws Exception {
    try (toPostgres;
        toRedis) {
      node.close();
      folder.close();
      redis.close();
      postgres.close();
    }
  }
}
