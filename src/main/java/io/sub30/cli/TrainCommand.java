package io.sub30.cli;

import io.sub30.config.ConfigException;
import io.sub30.config.Sub30Config;
import io.sub30.market.SourceOptions;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import io.sub30.market.TickFormat;
import io.sub30.ml.ModelId;
import io.sub30.ml.Trainer;
import io.sub30.ml.TrainingPlan;
import io.sub30.ml.TrainingResult;
import io.sub30.node.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code train}: a model from tick files, with its card. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a model on history and writes it below the data folder, where the next start of the"
          + " server finds it.",
      "Without --file it learns from the Bitstamp trades the program carries."
    })
final class TrainCommand implements Callable<Integer> {

  @Option(
      names = "--symbol",
      paramLabel = "NAME",
      description = "The instrument, by its canonical name (default BTCUSD without --file).")
  private @Nullable String symbol;

  @Option(
      names = "--file",
      arity = "1..*",
      paramLabel = "CSV|ZIP",
      description = "History, in order of time.")
  private List<Path> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "How the files are written: mt5, mt5-bars, lean or bitstamp.")
  private @Nullable String format;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Leave out what is later, e.g. 2013-11-29T00:00:00Z.")
  private @Nullable String until;

  @Option(
      names = "--horizon",
      paramLabel = "SECONDS",
      description = "How far ahead to predict (default 60 for quotes, 600 for trades).")
  private @Nullable Integer horizon;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The model's name (default the symbol in lower case and -m1).")
  private @Nullable String name;

  @Option(
      names = "--model-version",
      paramLabel = "N",
      description = "The model's version, from 1 (default 1).")
  private int version = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write it (default models in the data folder).")
  private @Nullable Path out;

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder (default ./data).")
  private Path data = Path.of("data");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the fit; the same seed and history give the same bytes (default 30).")
  private long seed = 30;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    TrainingPlan plan = plan();
    TrainingResult result = train(plan);
    spec.commandLine().getOut().println(result.card());
    spec.commandLine().getOut().println("written to " + result.folder());
    return 0;
  }

  /** Trains with a progress bar. */
  static TrainingResult train(TrainingPlan plan) throws IOException {
    try (ConsoleProgress progress = new ConsoleProgress("train", 100)) {
      return Trainer.train(
          plan,
          (done, total, stage) ->
              progress.update(total <= 0 ? 0 : Math.min(100, done * 100 / total), stage));
    } catch (IllegalArgumentException e) {
      throw new ConfigException("train: " + e.getMessage(), e);
    }
  }

  private TrainingPlan plan() {
    Symbols symbols = Symbols.parse(Sub30Config.textOf(Optional.empty(), "/conf/symbols.yaml"));
    Symbol instrument = instrument(symbols);
    boolean quotes = !files.isEmpty() && !"bitstamp".equals(format);
    TrainingPlan.Question usual =
        quotes ? TrainingPlan.Question.QUOTES : TrainingPlan.Question.TRADES;
    try {
      TrainingPlan.Question question =
          horizon == null
              ? usual
              : new TrainingPlan.Question(horizon, usual.minimumCost(), usual.barrierSigmas());
      String called = name == null ? instrument.name().toLowerCase(Locale.ROOT) + "-m1" : name;
      return new TrainingPlan(
          new ModelId(called, version),
          instrument,
          history(symbols, instrument),
          untilMillis(),
          question,
          TrainingPlan.Sampling.USUAL,
          TrainingPlan.Folding.SHARES,
          destination(),
          seed);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private Symbol instrument(Symbols symbols) {
    String wanted = symbol == null ? (files.isEmpty() ? "BTCUSD" : "") : symbol;
    if (wanted.isEmpty()) {
      throw usage("--symbol is needed with --file, e.g. --symbol EURUSD");
    }
    Symbol known = symbols.canonical(wanted);
    if (known == null) {
      throw usage(
          "--symbol "
              + wanted
              + ": must be one of "
              + symbols.all().stream().map(Symbol::name).sorted().toList());
    }
    return known;
  }

  private TrainingPlan.History history(Symbols symbols, Symbol instrument) {
    if (files.isEmpty()) {
      return TrainingPlan.History.sample(symbols);
    }
    if (format == null) {
      throw usage("--format is needed with --file: mt5, mt5-bars, lean or bitstamp");
    }
    SourceOptions options = new SourceOptions(symbols, instrument.name(), ZoneOffset.UTC);
    return TrainingPlan.History.files(files, TickFormat.of(format), options);
  }

  private long untilMillis() {
    if (until == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Instant.parse(until).toEpochMilli();
    } catch (DateTimeParseException e) {
      throw usage("--until " + until + ": must be a time like 2013-11-29T00:00:00Z");
    }
  }

  /** Before the training, not after it: minutes of work should not end in a wrong path. */
  private Path destination() {
    if (out == null) {
      return DataFolder.at(data).models();
    }
    try {
      Files.createDirectories(out);
      Files.delete(Files.createTempFile(out, ".probe", ""));
      return out;
    } catch (IOException e) {
      throw usage("--out " + out + ": cannot be written; give a writable folder");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
