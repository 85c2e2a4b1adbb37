package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.TickFiles;
import io.sub30.client.Unacknowledged;
import io.sub30.config.Sub30Config;
import io.sub30.database.StoredCounts;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import io.sub30.node.TestServers;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code postgres.uri} and {@code redis.uri} the servers named there are used, and no other.
 */
class ExternalServersIT {

  private static final String TENANT = "external";
  private static final double BATCHES_PER_SECOND = 200;
  private static final int SECONDS = 10;
  private static final int RESENDS = 20;

  @TempDir Path temporary = Path.of("");

  @Test
  void replay_onServersStartedSeparately_everyBatchIsThereOnce() throws Exception {
    try (TestServers.Server postgres = TestServers.postgres(temporary.resolve("pg"), 0);
        TestServers.Server redis = TestServers.redis(temporary.resolve("redis"), 0);
        DataFolder folder = DataFolder.at(temporary.resolve("data")).lock()) {
      Sub30Config config =
          Sub30Config.load(
              Optional.empty(),
              Map.of(),
              OpenRates.under(
                  Map.of(
                      "http.port",
                      "0",
                      "ops.port",
                      "0",
                      "postgres.uri",
                      postgres.uri().toString(),
                      "redis.uri",
                      redis.uri().toString())));
      List<String> progress = new ArrayList<>();
      try (Node node = Node.start(config, folder, progress::add)) {
        assertThat(ServerProcess.under(folder.root())).as("servers of its own").isEmpty();
        assertThat(folder.root().resolve("postgres")).doesNotExist();
        assertThat(folder.root().resolve("redis")).doesNotExist();

        Journal journal = new Journal();
        ReplayOutcome outcome = replay(node, folder, journal);

        assertThat((long) journal.size()).isEqualTo(outcome.report().sent());
        assertThat(outcome.report().sent()).isEqualTo((long) (BATCHES_PER_SECOND * SECONDS));
        compare(node, postgres.uri(), journal, outcome);
        assertThat(keysIn(node, redis.uri())).as("entries in the cache").isPositive();
      }
    }
  }

  /** Replays, and sends again until everything is acknowledged. */
  private static ReplayOutcome replay(Node node, DataFolder folder, Journal journal)
      throws Exception {
    String token =
        new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(TENANT, Tier.ENTERPRISE, null, Duration.ofHours(1)));
    ReplayPlan plan =
        ReplayPlan.of(URI.create(node.api().url()), List.of(token), TickFiles.sample())
            .withTerminalPrefix("desk")
            .withLoop(true);
    ReplayPlan paced =
        plan.withPace(new Pace.Rate(BATCHES_PER_SECOND)).withLength(Duration.ofSeconds(SECONDS));
    ReplayOutcome outcome = Waiting.on(new Replay(paced, journal).run());
    List<Unacknowledged> left = outcome.unacknowledged();
    for (int round = 0; !left.isEmpty() && round < RESENDS; round++) {
      left = Waiting.on(new Replay(plan.withInFlight(1), journal).resend(left)).unacknowledged();
    }
    assertThat(left).as("unacknowledged").isEmpty();
    return outcome;
  }

  private static void compare(Node node, URI postgres, Journal journal, ReplayOutcome outcome)
      throws Exception {
    try (SystemOfRecord record = SystemOfRecord.at(postgres)) {
      List<String> stored = record.sequences(TENANT);
      assertThat(stored).doesNotHaveDuplicates();
      assertThat(Set.copyOf(stored)).isEqualTo(journal.acknowledged());
      assertThat(record.ticks(TENANT)).isEqualTo(journal.ticks());
    }
    Waiting.on(node.storage().caughtUp());
    long columnarTicks = 0;
    Set<String> terminals = new TreeSet<>();
    journal.acknowledged().forEach(key -> terminals.add(key.substring(0, key.indexOf('/'))));
    for (String terminal : terminals) {
      List<Long> sequences =
          journal.acknowledged().stream()
              .filter(key -> key.startsWith(terminal + '/'))
              .map(key -> Long.valueOf(key.substring(key.indexOf('/') + 1)))
              .toList();
      StoredCounts counts =
          Waiting.on(node.storage().count(node.vertx(), TENANT, terminal, sequences));
      assertThat(counts.complete(sequences.size())).as("%s: %s", terminal, counts).isTrue();
      columnarTicks += counts.columnarTicks();
    }
    assertThat(columnarTicks).isEqualTo(journal.ticks());
    Evidence.write(
        "external-servers.txt",
        List.of(
            "external PostgreSQL and Redis, %d s at %.0f batches/s as enterprise: sent = acknowledged"
                    .formatted(SECONDS, BATCHES_PER_SECOND)
                + " = in PostgreSQL = in DuckDB: "
                + journal.size()
                + " batches, "
                + journal.ticks()
                + " ticks",
            "latency of what was acknowledged, microseconds from the intended start: "
                + outcome.report().latency()));
  }

  private static long keysIn(Node node, URI redis) {
    Redis client = Redis.createClient(node.vertx(), redis.toString());
    try {
      return Waiting.on(client.send(Request.cmd(Command.DBSIZE))).toLong();
    } finally {
      Waiting.on(client.close());
    }
  }
}
