package io.sub30.cli;

import io.sub30.client.Encoding;
import io.sub30.client.Pace;
import io.sub30.client.Replay;
import io.sub30.client.ReplayListener;
import io.sub30.client.ReplayOutcome;
import io.sub30.client.ReplayPlan;
import io.sub30.client.ReplayProgress;
import io.sub30.client.TickFiles;
import io.sub30.client.TickSupply;
import io.sub30.client.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code replay}: sends tick files to a server as MT5 terminals would, and reports the latencies.
 */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Replays market data against a running server and measures it.",
      "Every connection is one terminal and replays all files in order. With --rate or --speed the"
          + " load does not wait for answers, and latency counts from the moment a batch was due;"
          + " without, batches go out as fast as answers come."
    },
    footer = {
      "",
      "Exit codes: 0 every batch was acknowledged, 1 some were refused or failed, 2 bad usage."
    })
final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--target",
      required = true,
      paramLabel = "URL",
      description = "The server's API, e.g. http://127.0.0.1:8080.")
  private URI target = URI.create("");

  @Option(
      names = "--ca",
      paramLabel = "PEM",
      description =
          "For https: the authorities (or the server's own certificate) to trust, instead of the"
              + " platform's.")
  private @Nullable Path ca;

  @Option(
      names = "--token",
      paramLabel = "T",
      description =
          "Bearer token. Other users of the machine can see it in the list of processes: prefer"
              + " --token-file, or SUB30_TOKEN.")
  private @Nullable String token;

  @Option(
      names = "--token-file",
      paramLabel = "F",
      description = "One token a line, given to the connections in turn; - reads standard input.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--file",
      arity = "1..*",
      paramLabel = "CSV|ZIP",
      description =
          "What to replay, in this order. Without it: the Bitstamp trades the program carries.")
  private List<Path> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How the files are written: mt5, mt5-bars, lean or bitstamp.")
  private @Nullable String format;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Batches a second, over all connections together.")
  private @Nullable Double rate;

  @Option(
      names = "--speed",
      paramLabel = "X",
      description = "X times as fast as the market was; 1 is real time.")
  private @Nullable Double speed;

  @Option(
      names = "--loop",
      description = "Begin again after the last tick, times shifted by whole days.")
  private boolean loop;

  @Option(names = "--seconds", paramLabel = "N", description = "End after N seconds.")
  private @Nullable Double seconds;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Ticks in a batch, 1 to 10000 (default 20).")
  private int batch = 20;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description =
          "Terminals, each on its own connection (default 4, or one a token where that differs in"
              + " need).")
  private @Nullable Integer connections;

  @Option(
      names = "--transport",
      paramLabel = "T",
      description = "http2 (default), grpc, stream or http1.")
  private String transport = "http2";

  @Option(names = "--encoding", paramLabel = "E", description = "protobuf (default) or json.")
  private String encoding = "protobuf";

  @Option(names = "--json", paramLabel = "OUT", description = "Write the figures to this file.")
  private @Nullable Path json;

  @Option(
      names = "--terminal",
      paramLabel = "PREFIX",
      description =
          "Terminal ids are PREFIX-1, PREFIX-2, … (default replay-<run>). A terminal named in a"
              + " token goes first.")
  private String terminal = "";

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description = "Unanswered batches a connection, 1 to 10000 (default 256); further ones wait.")
  private int inFlight = 256;

  /**
   * The progress, handed from the replay's event loop to the thread that may write to a terminal.
   */
  private static final class Latest implements ReplayListener {
    volatile ReplayProgress progress = new ReplayProgress(0, 0, 0, 0, 0);

    @Override
    public void progressed(ReplayProgress now) {
      progress = now;
    }
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    ReplayPlan plan = plan();
    CompilerThreads.yieldToOthers();
    Latest latest = new Latest();
    Replay replay = replay(plan, latest);
    CountDownLatch printed = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(replay, printed)));
    try {
      ReplayOutcome outcome =
          follow(replay.run().toCompletionStage().toCompletableFuture(), latest);
      return conclude(plan, outcome);
    } catch (ExecutionException e) {
      spec.commandLine().getErr().println("replay: " + reason(e));
      return 1;
    } finally {
      printed.countDown();
    }
  }

  /** On Ctrl-C the figures so far are still printed, if the last answers come in time. */
  private static void interrupt(Replay replay, CountDownLatch printed) {
    replay.stop();
    try {
      printed.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      // The JVM is going down anyway; there is nobody left to tell.
      Thread.currentThread().interrupt();
    }
  }

  private Replay replay(ReplayPlan plan, Latest latest) {
    try {
      return new Replay(plan, latest);
    } catch (IllegalArgumentException e) {
      throw usage("--" + e.getMessage());
    }
  }

  private ReplayOutcome follow(Future<ReplayOutcome> outcome, Latest latest)
      throws ExecutionException, InterruptedException {
    long total = seconds == null ? ConsoleProgress.UNKNOWN : (long) Math.ceil(seconds);
    try (ConsoleProgress progress = new ConsoleProgress("replay", total)) {
      while (true) {
        try {
          return outcome.get(250, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          ReplayProgress now = latest.progress;
          progress.update(now.elapsedMillis() / 1_000, ReplaySummary.line(now));
        }
      }
    }
  }

  private int conclude(ReplayPlan plan, ReplayOutcome outcome) throws IOException {
    if (json != null) {
      Files.writeString(json, outcome.report().toJson() + System.lineSeparator());
    }
    spec.commandLine().getOut().print(ReplaySummary.table(plan, outcome.report()));
    spec.commandLine().getOut().flush();
    String failure = ReplaySummary.failure(outcome);
    if (failure.isEmpty()) {
      return 0;
    }
    spec.commandLine().getErr().println("replay: " + failure);
    return 1;
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  // ---- from options to a plan; every complaint names the option, the value and what would be
  // right

  private ReplayPlan plan() {
    Pace pace = pace();
    Transport how = transport();
    Encoding written = encoding();
    List<String> tokens = tokens();
    TickSupply ticks = ticks();
    prepareJson();
    if (ca != null && !Files.isReadable(ca)) {
      throw usage("--ca " + ca + ": cannot be read; it must be a PEM file of certificates");
    }
    try {
      return ReplayPlan.of(target, tokens, ticks)
          .withCa(ca)
          .withTransport(how, written)
          .withConnections(connections(tokens))
          .withTerminalPrefix(terminal)
          .withPace(pace)
          .withBatch(batch)
          .withLoop(loop)
          .withLength(length())
          .withInFlight(inFlight);
    } catch (IllegalArgumentException e) {
      throw usage("--" + e.getMessage());
    }
  }

  private Pace pace() {
    if (rate != null && speed != null) {
      throw usage(
          "--rate " + rate + " and --speed " + speed + " exclude each other: give one of them");
    }
    try {
      if (rate != null) {
        return new Pace.Rate(rate);
      }
      return speed != null ? new Pace.Speed(speed) : new Pace.AsFastAsAnswered();
    } catch (IllegalArgumentException e) {
      throw usage("--" + e.getMessage());
    }
  }

  private Transport transport() {
    return switch (transport) {
      case "http2" -> Transport.HTTP2;
      case "grpc" -> Transport.GRPC;
      case "http1" -> Transport.HTTP1;
      case "stream" -> Transport.STREAM;
      default -> throw usage("--transport " + transport + ": must be http2, grpc, stream or http1");
    };
  }

  private Encoding encoding() {
    return switch (encoding) {
      case "protobuf" -> Encoding.PROTOBUF;
      case "json" -> Encoding.JSON;
      default -> throw usage("--encoding " + encoding + ": must be protobuf or json");
    };
  }

  private Duration length() {
    if (seconds == null) {
      return Duration.ZERO;
    }
    if (!(seconds > 0 && seconds <= 31_536_000)) {
      throw usage("--seconds " + seconds + ": must be above 0 and at most 31536000 (a year)");
    }
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private List<String> tokens() {
    try {
      return ReplayTokens.read(token, tokenFile, System.getenv("SUB30_TOKEN"));
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  private int connections(List<String> tokens) {
    return connections != null ? connections : ReplayTokens.connections(tokens);
  }

  private TickSupply ticks() {
    try {
      if (files.isEmpty()) {
        if (format != null && !format.equals("bitstamp")) {
          throw usage(
              "--format " + format + ": needs --file; the trades the program carries are bitstamp");
        }
        return TickFiles.sample();
      }
      if (format == null) {
        throw usage("--file needs --format: mt5, mt5-bars, lean or bitstamp");
      }
      return TickFiles.of(format, files);
    } catch (IllegalArgumentException e) {
      throw usage("--" + e.getMessage());
    }
  }

  /** Before the run, not after it: a minute of load should not end in a wrong path. */
  private void prepareJson() {
    if (json == null) {
      return;
    }
    try {
      Files.writeString(json, "");
    } catch (IOException e) {
      throw usage("--json " + json + ": cannot be written; give a file in an existing folder");
    }
  }

  private ParameterException usage(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }
}
