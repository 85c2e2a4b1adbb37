package io.sub30.cli;

import io.sub30.budget.LedgerFile;
import io.sub30.budget.LedgerFormatException;
import io.sub30.budget.LedgerReader;
import io.sub30.budget.LedgerSample;
import io.sub30.budget.Plan;
import io.sub30.budget.RecordedLedger;
import io.sub30.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads files of recorded ledgers into one sample, and keeps what there is to say about it. */
final class LedgerInput {

  private static final int UPDATE_EVERY = 4_096;

  private final Plan plan;
  private final Predicate<RecordedLedger> wanted;
  private final LedgerSample sample;
  private final List<String> remarks = new ArrayList<>();
  private long read;
  private long ofOtherSplits;
  private long unanswered;
  private long bytesDone;

  /**
   * @param plan what the ledgers are to be compared with: they must have its lines
   * @param wanted which ledgers count
   */
  LedgerInput(Plan plan, Predicate<RecordedLedger> wanted) {
    this.plan = plan;
    this.wanted = wanted;
    this.sample = new LedgerSample(plan.names());
  }

  /** The files of ledgers in that folder, in order; none when there is no such folder. */
  static List<Path> filesOf(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(LedgerFile.SUFFIX)).sorted().toList();
    }
  }

  /**
   * Reads them all.
   *
   * @throws ConfigException when one is no file of ledgers, or its ledgers are of other lines
   */
  void read(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.exists(file) ? Files.size(file) : 0;
    }
    try (ConsoleProgress progress = new ConsoleProgress("read", bytes)) {
      for (Path file : files) {
        read(file, progress);
      }
    }
  }

  private void read(Path file, ConsoleProgress progress) throws IOException {
    try (LedgerReader reader = LedgerReader.open(file)) {
      Optional<Plan> recorded = reader.plan();
      if (recorded.isPresent()) {
        sample.accept(recorded.get());
        add(reader, recorded.get(), progress);
      }
      if (reader.bytesLeft() > 0) {
        remarks.add(
            file + ": its last " + reader.bytesLeft() + " bytes hold no whole ledger: left out");
      }
      bytesDone += reader.bytesRead();
    } catch (LedgerFormatException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      remarks.add(file + " is gone: a running server makes room for newer ledgers");
    }
  }

  private void add(LedgerReader reader, Plan recorded, ConsoleProgress progress)
      throws IOException {
    boolean otherSplit = !recorded.lines().equals(plan.lines());
    for (RecordedLedger ledger = reader.next(); ledger != null; ledger = reader.next()) {
      if (read++ % UPDATE_EVERY == 0) {
        progress.update(bytesDone + reader.bytesRead(), read + " ledgers");
      }
      if (wanted.test(ledger)) {
        sample.add(ledger);
        ofOtherSplits += otherSplit ? 1 : 0;
        unanswered += ledger.answered() ? 0 : 1;
      }
    }
  }

  /** The ledgers that count. */
  LedgerSample sample() {
    return sample;
  }

  /** How many ledgers were read, whether they count or not. */
  long readCount() {
    return read;
  }

  /** How many of those that count were recorded when the lines had other budgets. */
  long ofOtherSplits() {
    return ofOtherSplits;
  }

  /** How many of those that count were refused, failed or late. */
  long unanswered() {
    return unanswered;
  }

  /** What was strange about the files, a line each. */
  List<String> remarks() {
    return remarks;
  }
}
