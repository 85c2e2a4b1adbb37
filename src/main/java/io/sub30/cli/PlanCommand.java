package io.sub30.cli;

import io.sub30.budget.EpochClock;
import io.sub30.budget.LedgerSample;
import io.sub30.budget.Plan;
import io.sub30.budget.PlanAdvisor;
import io.sub30.budget.RecordedLedger;
import io.sub30.budget.Tier;
import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.node.DataFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plan}: what recorded requests made of the budget, and a split that suits them better. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows where the time of recorded requests went, and proposes the split of the total that"
          + " they would have violated least often.",
      "A server records under its data folder (budget.record). Requests of another tier count in"
          + " proportion to its total, as their budgets do. The proposal is exact for these"
          + " requests: every split in steps of 0.1 ms is weighed, and the best is replayed against"
          + " them. It moves the marks, not the times."
    },
    footer = {
      "",
      "Exit codes: 0 good, 1 there are no ledgers or they cannot be read, 2 bad usage or"
          + " configuration."
    })
final class PlanCommand implements Callable<Integer> {

  /** Percentiles of fewer are a matter of luck. */
  private static final int FEW = 1_000;

  /** One in so many is no longer an accident. */
  private static final int MANY_UNANSWERED = 20;

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(us|ms|s|m|h|d)");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder whose ledgers are read (default ./data).")
  private Path data = Path.of("data");

  @Option(
      names = "--file",
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files of ledgers, instead of the data folder's.")
  private List<Path> files = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration whose budget is the present one (default the packaged one).")
  private @Nullable Path config;

  @Option(
      names = "--tier",
      paramLabel = "TIER",
      description = "Only requests of free, pro or enterprise (default all).")
  private @Nullable String tier;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only requests of the last 90s, 30m, 24h, 7d (default all there are).")
  private @Nullable String since;

  @Option(
      names = "--answered",
      description =
          "Only requests that were answered: under overload most of the time goes into waiting to"
              + " be refused, which no split can help.")
  private boolean answered;

  @Option(
      names = "--reserve",
      paramLabel = "TIME",
      description =
          "What a line that no request was ever seen to spend, as network_buffer, keeps at least,"
              + " e.g. 1ms (default all it has).")
  private @Nullable String reserve;

  @Option(
      names = "--write",
      description = "Print the proposal as a configuration file, and nothing else.")
  private boolean write;

  @Spec private CommandSpec spec = CommandSpec.create();
  private final EpochClock clock;

  PlanCommand() {
    this(EpochClock.SYSTEM);
  }

  PlanCommand(EpochClock clock) {
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException {
    Predicate<RecordedLedger> wanted =
        tierFilter().and(sinceFilter()).and(ledger -> !answered || ledger.answered());
    Plan present = Sub30Config.load(Optional.ofNullable(config), System.getenv(), Map.of()).plan();
    PlanAdvisor advisor = advisor(present);
    LedgerInput input = new LedgerInput(present, wanted);
    input.read(inputFiles());
    PrintWriter err = spec.commandLine().getErr();
    input.remarks().forEach(remark -> err.println("sub30: " + remark));
    LedgerSample sample = input.sample();
    if (sample.size() == 0) {
      err.println("sub30: " + nothingToPlanFrom(input));
      return 1;
    }
    remark(input, err);
    Plan proposed = advisor.propose(sample);
    PrintWriter out = spec.commandLine().getOut();
    if (write) {
      out.print(PlanTable.yaml(proposed));
    } else {
      out.print(new PlanTable(present, proposed, sample).text());
    }
    out.flush();
    return 0;
  }

  private List<Path> inputFiles() throws IOException {
    for (Path file : files) {
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        throw usage("--file " + file + ": there is no such readable file");
      }
    }
    return files.isEmpty() ? LedgerInput.filesOf(DataFolder.ledgersOf(data)) : files;
  }

  private PlanAdvisor advisor(Plan present) {
    Duration kept =
        reserve == null
            ? Duration.ofNanos(present.totalNanos())
            : duration("--reserve", reserve, "1ms");
    try {
      return new PlanAdvisor(present, kept);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("budget.total: " + e.getMessage(), e);
    }
  }

  private String nothingToPlanFrom(LedgerInput input) {
    if (input.readCount() > 0) {
      return "none of the "
          + input.readCount()
          + " ledgers is wanted"
          + (tier == null ? "" : "; --tier " + tier)
          + (since == null ? "" : "; --since " + since)
          + (answered ? "; --answered" : "")
          + ": widen the choice";
    }
    Object where = files.isEmpty() ? DataFolder.ledgersOf(data) : files;
    return "no ledgers in "
        + where
        + ": a server records them when budget.record is true, which is the default; start one"
        + " with the same --data, send it batches, and give it a second to write";
  }

  private void remark(LedgerInput input, PrintWriter err) {
    int size = input.sample().size();
    if (size < FEW) {
      err.println(
          "sub30: "
              + size
              + " requests are few: percentiles, and a plan, want "
              + FEW
              + " or more");
    }
    if (input.unanswered() > size / MANY_UNANSWERED) {
      err.println(
          "sub30: "
              + input.unanswered()
              + " of the "
              + size
              + " requests were refused, failed or late; that is for capacity to cure, not for a"
              + " split: --answered leaves them out");
    }
    if (input.ofOtherSplits() > 0) {
      err.println(
          "sub30: "
              + input.ofOtherSplits()
              + " of the requests were recorded under another split; all are judged by the present"
              + " one");
    }
  }

  private Predicate<RecordedLedger> tierFilter() {
    if (tier == null) {
      return ledger -> true;
    }
    String label = tier;
    Tier only =
        Tier.of(label)
            .orElseThrow(() -> usage("--tier " + label + ": must be free, pro or enterprise"));
    return ledger -> ledger.tier() == only;
  }

  private Predicate<RecordedLedger> sinceFilter() {
    if (since == null) {
      return ledger -> true;
    }
    long earliest = clock.epochMillis() - duration("--since", since, "24h").toMillis();
    return ledger -> ledger.epochMillis() >= earliest;
  }

  private Duration duration(String option, String text, String example) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw usage(
          option
              + " "
              + text
              + ": must be a number and a unit, us, ms, s, m, h or d, e.g. "
              + example);
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "us" -> Duration.ofNanos(count * 1_000);
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
