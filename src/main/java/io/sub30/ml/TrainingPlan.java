package io.sub30.ml;

import io.sub30.market.SourceOptions;
import io.sub30.market.Symbol;
import io.sub30.market.Symbols;
import io.sub30.market.TickFormat;
import io.sub30.market.TickSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What to train: from which history, to answer which question, and where to put the result.
 *
 * @param id name and version of the model
 * @param symbol the instrument, whatever the sources call it
 * @param history in order of time
 * @param untilMsc ticks from here on are left out, UTC; {@code Long.MAX_VALUE} for all
 * @param question what is predicted
 * @param sampling which moments are learned from
 * @param folding where the folds begin
 * @param outputFolder the folder of {@code <name>/<version>/}
 * @param seed of the descent
 */
public record TrainingPlan(
    ModelId id,
    Symbol symbol,
    History history,
    long untilMsc,
    Question question,
    Sampling sampling,
    Folding folding,
    Path outputFolder,
    long seed) {

  /** Opens one source. Called once, on the training thread. */
  @FunctionalInterface
  public interface Opener {
    TickSource open() throws IOException;
  }

  /**
   * Where the ticks come from.
   *
   * @param name for the model card
   * @param sources in order of time, at least one
   */
  public record History(String name, List<Opener> sources) {

    /** Copies the list. */
    public History {
      sources = List.copyOf(sources);
      require(!sources.isEmpty(), "history: at least one source is needed");
    }

    /** Files of one format, in order of time. */
    public static History files(List<Path> files, TickFormat format, SourceOptions options) {
      require(!files.isEmpty(), "history: at least one file is needed");
      List<Opener> sources = new ArrayList<>();
      for (Path file : files) {
        sources.add(() -> format.open(file, options));
      }
      String first = String.valueOf(files.get(0).getFileName());
      String last = String.valueOf(files.get(files.size() - 1).getFileName());
      String name = format.label() + " " + (files.size() == 1 ? first : first + " to " + last);
      return new History(name, sources);
    }

    /** The sample of real trades that the program carries. */
    public static History sample(Symbols symbols) {
      return new History(
          "bitstamp trades from 2013-11-25 (ta4j-examples)",
          List.of(() -> TickFormat.openSample(symbols)));
    }
  }

  /**
   * What is predicted.
   *
   * @param horizonSeconds how far ahead to look, 1 to 86,400
   * @param minimumCost least cost of a round trip, as a log return, 0 to 0.1; the spread counts
   *     where it is larger
   * @param barrierSigmas width of the barriers in standard deviations of the horizon, 0 to 10; they
   *     are never nearer than the cost
   */
  public record Question(int horizonSeconds, double minimumCost, double barrierSigmas) {

    /** Of quotes of a liquid pair: one minute, and the spread as the cost. */
    public static final Question QUOTES = new Question(60, 0, 1);

    /** Of sparse trades: ten minutes, and a least cost of 20 basis points. */
    public static final Question TRADES = new Question(600, 2e-3, 1);

    /** Checks the ranges. */
    public Question {
      within("horizonSeconds", horizonSeconds, 1, 86_400);
      within("minimumCost", minimumCost, 0, 0.1);
      within("barrierSigmas", barrierSigmas, 0, 10);
    }

    /** What a move must exceed, in words. */
    String cost() {
      return minimumCost == 0
          ? "the spread at the time"
          : "the spread at the time, at least " + minimumCost + " as a log return";
    }
  }

  /**
   * Which moments are learned from.
   *
   * @param everySeconds least time between two, 1 to 86,400
   * @param most beyond it every second one is dropped, 600 to 1,000,000
   */
  public record Sampling(int everySeconds, int most) {

    /** Every 15 s, at most 60,000. */
    public static final Sampling USUAL = new Sampling(15, 60_000);

    /** Checks the ranges. */
    public Sampling {
      within("everySeconds", everySeconds, 1, 86_400);
      within("most", most, 3 * Folds.LEAST, 1_000_000);
    }
  }

  /**
   * Where the folds begin.
   *
   * @param calibrationFromMsc first instant of the calibration fold, UTC, or 0: after 60 % of the
   *     time
   * @param testFromMsc first instant of the test fold, UTC, or 0: after 80 % of the time
   */
  public record Folding(long calibrationFromMsc, long testFromMsc) {

    /** 60 % train, 20 % calibration, 20 % test. */
    public static final Folding SHARES = new Folding(0, 0);
  }

  /** All of a history, cut by shares, with the usual sampling and seed. */
  public static TrainingPlan usual(
      ModelId id, Symbol symbol, History history, Question question, Path outputFolder) {
    return new TrainingPlan(
        id,
        symbol,
        history,
        Long.MAX_VALUE,
        question,
        Sampling.USUAL,
        Folding.SHARES,
        outputFolder,
        1);
  }

  /** The same, with ticks from {@code msc} on left out. */
  public TrainingPlan until(long msc) {
    return new TrainingPlan(
        id, symbol, history, msc, question, sampling, folding, outputFolder, seed);
  }

  /** The same with other folds. */
  public TrainingPlan folded(Folding other) {
    return new TrainingPlan(
        id, symbol, history, untilMsc, question, sampling, other, outputFolder, seed);
  }

  private static void within(String name, double value, double min, double max) {
    require(
        value >= min && value <= max, name + ": is " + value + ", must be " + min + " to " + max);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
