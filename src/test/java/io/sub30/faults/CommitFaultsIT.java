package io.sub30.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.EpochClock;
import io.sub30.config.Sub30Config;
import io.sub30.gateway.identity.SigningKeys;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.node.OpenRates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commits that fail, whose outcome is unknown, and that come late, one after the other at random.
 * After every step three things must agree: the state of the tenant's cell, what PostgreSQL holds,
 * and the state computed anew from what PostgreSQL holds.
 */
class CommitFaultsIT {

  private static final long FIXED_SEED = 20_131_125L;
  private static final int FIXED_STEPS = 240;
  private static final int RANDOM_STEPS = 180;
  private static final List<String> EVIDENCE = new ArrayList<>();

  @TempDir private static Path data = Path.of("");

  private static DataFolder folder = DataFolder.at(Path.of("target"));
  private static Node node;
  private static FaultyEdge edge = new FaultyEdge(FaultRun.TENANT_PREFIX);

  @BeforeAll
  static void start() throws Exception {
    folder = DataFolder.at(data).lock();
    Sub30Config config =
        Sub30Config.load(
            Optional.empty(),
            Map.of(),
            OpenRates.under(
                Map.of(
                    "http.port", "0",
                    "ops.port", "0",
                    "lanes.count", "1",
                    "trading.strategies",
                        Files.writeString(data.resolve("s.yaml"), eager()).toString(),
                    "gateway.checkpoint_batches",
                        "7", // so that rebuilding begins with a checkpoint
                    "breakers.min_calls", "1000000"))); // the faults are to reach the edge
    node = Node.start(config, folder, line -> {}, edge);
  }

  /**
   * The packaged strategies, one of them made to signal often: signals are what trading's state is.
   */
  private static String eager() {
    String eager =
        """
        strategies:
          - name: eager
            symbols: [EURUSD]
            hours: ['always']
            needs_prediction: false
            buy: bar_position < 0.4
            sell: bar_position > 0.6
            confidence: 0.7
            stop: 4 * spread
            target: 8 * spread
            size: {lots: 0.01}

        """;
    String packaged = Sub30Config.packaged("/conf/strategies.yaml");
    return eager
        + packaged.substring(packaged.indexOf("risk:\n")).replace("cooldown: 5m", "cooldown: 10s");
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
    folder.close();
    Evidence.write("commit-faults.txt", EVIDENCE);
  }

  @Test
  void faults_fixedSeed_cellRecordAndRecomputationAgreeAfterEveryStep() throws Exception {
    run(FIXED_SEED, FIXED_STEPS);
  }

  @Test
  void faults_randomSeed_cellRecordAndRecomputationAgreeAfterEveryStep() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong(1, 1_000_000_000);
    System.out.println("CommitFaultsIT: random seed " + seed);
    run(seed, RANDOM_STEPS);
  }

  private static void run(long seed, int steps) throws Exception {
    TokenMint mint = new TokenMint(SigningKeys.open(folder.root()), EpochClock.SYSTEM);
    try (SystemOfRecord record = SystemOfRecord.of(folder);
        FaultRun run = new FaultRun(node, edge, record, mint, seed)) {
      for (int step = 1; step <= steps; step++) {
        run.step();
      }
      run.finish();
      String summary = "seed " + seed + ", " + steps + " steps: " + run.summary();
      EVIDENCE.add(summary);
      for (FaultRun.Kind kind : FaultRun.Kind.values()) {
        assertThat(run.count(kind)).as("%s happened; %s", kind, summary).isPositive();
      }
      assertThat(run.signals()).as("signals were recorded; %s", summary).isPositive();
      assertThat(run.checkpoints()).as("checkpoints were used; %s", summary).isPositive();
    }
  }
}
