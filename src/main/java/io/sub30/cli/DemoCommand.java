package io.sub30.cli;

import io.sub30.budget.EpochClock;
import io.sub30.budget.Tier;
import io.sub30.client.Answer;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayListener;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.ReplayProgress;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.config.Sub30Config;
import io.sub30.database.StoredCounts;
import io.sub30.gateway.identity.TokenMint;
import io.sub30.gateway.identity.TokenRequest;
import io.sub30.market.Symbols;
import io.sub30.ml.ModelId;
import io.sub30.ml.TrainingPlan;
import io.sub30.ml.TrainingResult;
import io.sub30.node.DataFolder;
import io.sub30.node.Node;
import io.sub30.v1.Tick;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole of it, on real trades, with one command. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains on the first days of real trades, serves, replays the following days through HTTP/2"
          + " and shows where the time went.",
      "Ends with 0 when every figure was met: P50 < 15, P95 < 25, P99 < 30 ms, and every"
          + " acknowledged batch is in both stores once."
    })
final class DemoCommand implements Callable<Integer> {

  private static final String TENANT = "demo";

  /**
   * 2013-11-29T00:00:00Z: the sample's trades before it are learned from, those after it are
   * replayed.
   */
  private static final long SPLIT_MSC = 1_385_683_200_000L;

  private static final double BATCHES_PER_SECOND = 100;

  /** Nobody waits for this server's first answer, but everybody looks at its percentiles. */
  private static final String WARM_UP = "12s";

  private static final long AUDIT_SECONDS = 120;

  @Mixin private ServerOptions options = new ServerOptions();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long to replay, 1 to 3600 (default 30).")
  private int seconds = 30;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (seconds < 1 || seconds > 3_600) {
      throw new ParameterException(
          spec.commandLine(), "--seconds " + seconds + ": must be 1 to 3600");
    }
    Sub30Config config =
        options.load(
            Map.of("node.warm_up", WARM_UP, "http.tls.certificate", "", "http.tls.key", ""));
    PrintWriter out = spec.commandLine().getOut();
    try (DataFolder folder = DataFolder.at(options.data()).lock()) {
      TrainingResult model = train(folder);
      out.println("model " + model.id() + ": " + model.verdict());
      out.flush();
      try (Node node =
          Node.start(
              config, folder, line -> spec.commandLine().getErr().println("sub30: " + line))) {
        out.println("serving at " + node.api().url() + ", operators at " + node.ops().url());
        out.flush();
        CompilerThreads.yieldToOthers();
        return replay(node, folder, out);
      }
    }
  }

  private static TrainingResult train(DataFolder folder) throws IOException {
    Symbols symbols = Symbols.parse(Sub30Config.textOf(Optional.empty(), "/conf/symbols.yaml"));
    TrainingPlan plan =
        new TrainingPlan(
            new ModelId("btcusd-demo", 1),
            Objects.requireNonNull(symbols.canonical("BTCUSD")),
            TrainingPlan.History.sample(symbols),
            SPLIT_MSC,
            TrainingPlan.Question.TRADES,
            TrainingPlan.Sampling.USUAL,
            TrainingPlan.Folding.SHARES,
            folder.models(),
            30);
    return TrainCommand.train(plan);
  }

  private int replay(Node node, DataFolder folder, PrintWriter out)
      throws InterruptedException, IOException {
    String token =
        new TokenMint(TokenCommand.open(folder.root()), EpochClock.SYSTEM)
            .mint(new TokenRequest(TENANT, Tier.ENTERPRISE, null, Duration.ofHours(2)));
    ReplayPlan plan =
        ReplayPlan.of(URI.create(node.api().url()), List.of(token), following())
            .withPace(new Pace.Rate(BATCHES_PER_SECOND))
            .withLoop(true)
            .withLength(Duration.ofSeconds(seconds));
    Journal journal = new Journal();
    Replay replay = new Replay(plan, journal);
    ReplayOutcome outcome = follow(replay, journal);
    out.print(ReplaySummary.table(plan, outcome.report()));
    out.print(BudgetTable.of(node.budget(), Tier.ENTERPRISE));
    boolean stored = audit(node, journal, out);
    return DemoVerdict.print(outcome, stored, out);
  }

  /** The sample's trades from the split on. */
  private static TickSupply following() {
    return () -> {
      TickSupply.Ticks all = TickFiles.sample().open();
      return new TickSupply.Ticks() {
        @Override
        public @Nullable Tick next() throws IOException {
          Tick tick = all.next();
          while (tick != null && tick.getTimeMsc() < SPLIT_MSC) {
            tick = all.next();
          }
          return tick;
        }

        @Override
        public void close() throws IOException {
          all.close();
        }
      };
    };
  }

  private ReplayOutcome follow(Replay replay, Journal journal) throws InterruptedException {
    Future<ReplayOutcome> outcome = replay.run().toCompletionStage().toCompletableFuture();
    try (ConsoleProgress progress = new ConsoleProgress("demo", seconds)) {
      while (true) {
        try {
          return outcome.get(250, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          ReplayProgress now = journal.progress;
          progress.update(now.elapsedMillis() / 1_000, ReplaySummary.line(now));
        } catch (ExecutionException e) {
          throw new IllegalStateException("the replay broke", e.getCause());
        }
      }
    }
  }

  /** Compares what was acknowledged with what the stores hold. */
  private static boolean audit(Node node, Journal journal, PrintWriter out)
      throws InterruptedException {
    boolean complete = true;
    try {
      node.storage()
          .caughtUp()
          .toCompletionStage()
          .toCompletableFuture()
          .get(AUDIT_SECONDS, TimeUnit.SECONDS);
      for (Map.Entry<String, List<Long>> terminal : journal.acknowledged.entrySet()) {
        StoredCounts counts =
            node.storage()
                .count(node.vertx(), TENANT, terminal.getKey(), terminal.getValue())
                .toCompletionStage()
                .toCompletableFuture()
                .get(AUDIT_SECONDS, TimeUnit.SECONDS);
        int acknowledged = terminal.getValue().size();
        complete &= counts.complete(acknowledged);
        out.printf(
            "terminal %s: acknowledged %d, in PostgreSQL %d (%d ticks), in the columnar store %d"
                + " (%d ticks), not exactly once %d%n",
            terminal.getKey(),
            acknowledged,
            counts.acknowledgedFound(),
            counts.recordedTicks(),
            counts.columnarBatches(),
            counts.columnarTicks(),
            counts.columnarNotOnce());
      }
    } catch (ExecutionException | TimeoutException e) {
      out.println("the stores could not be compared: " + e);
      return false;
    }
    return complete && !journal.acknowledged.isEmpty();
  }

  /** What was acknowledged, by terminal. Written by the replay's loop, read when it has ended. */
  private static final class Journal implements ReplayListener {
    final Map<String, List<Long>> acknowledged = new ConcurrentHashMap<>();
    volatile ReplayProgress progress = new ReplayProgress(0, 0, 0, 0, 0);

    @Override
    public void answered(String terminal, long sequence, Answer answer) {
      if (answer.acknowledged()) {
        acknowledged.computeIfAbsent(terminal, key -> new ArrayList<>()).add(sequence);
      }
    }

    @Override
    public void progressed(ReplayProgress now) {
      progress = now;
    }
  }
}
