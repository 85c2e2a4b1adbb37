package io.sub30.slo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.budget.Ledger;
import io.sub30.budget.LedgerReader;
import io.sub30.budget.LedgerRing;
import io.sub30.budget.Ledgers;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.RecordedLedger;
import io.sub30.budget.RequestOutcome;
import io.sub30.budget.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerRecorderTest {

  private static final int RECORD_BYTES = 95;

  @TempDir private Path folder;
  private final Plan plan = Plans.specified();
  private final LedgerRing ring = new LedgerRing(plan, () -> Ledgers.EPOCH_MILLIS);

  @Test
  void close_ledgersOfSeveralLoops_areAllWritten() throws IOException {
    LedgerRecorder recorder = LedgerRecorder.start(plan, folder, () -> Ledgers.EPOCH_MILLIS);
    LedgerRing first = recorder.ring();
    LedgerRing second = recorder.ring();
    first.offer(Tier.FREE, ledger(1), RequestOutcome.OK);
    second.offer(Tier.PRO, ledger(2), RequestOutcome.OK);
    first.offer(Tier.FREE, ledger(3), RequestOutcome.OK);
    recorder.close();

    assertThat(names()).containsExactly("000001.ledgers");
    assertThat(totals("000001.ledgers")).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(recorder.dropped()).isZero();
  }

  @Test
  void close_nothingRecorded_makesNoFile() {
    LedgerRecorder recorder = LedgerRecorder.start(plan, folder, () -> Ledgers.EPOCH_MILLIS);
    recorder.ring();
    recorder.close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void close_folderIsGone_losesTheLedgersAndNothingElse() throws IOException {
    LedgerRecorder recorder =
        LedgerRecorder.start(plan, folder.resolve("gone"), () -> Ledgers.EPOCH_MILLIS);
    recorder.ring().offer(Tier.FREE, ledger(1), RequestOutcome.OK);
    recorder.close();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void append_fullFile_goesOnInTheNextAndDropsTheOldest() throws IOException {
    long head = headBytes();
    try (LedgerFolder files = folderOf(3, head + 10 * RECORD_BYTES)) {
      for (int i = 0; i < 65; i++) {
        append(files, i);
      }
    }

    assertThat(names()).containsExactly("000005.ledgers", "000006.ledgers", "000007.ledgers");
    assertThat(totals("000005.ledgers")).hasSize(10).startsWith(40);
    assertThat(totals("000006.ledgers")).hasSize(10).startsWith(50);
    assertThat(totals("000007.ledgers")).containsExactly(60, 61, 62, 63, 64);
    assertThat(Files.size(folder.resolve("000006.ledgers"))).isEqualTo(head + 10 * RECORD_BYTES);
  }

  @Test
  void append_afterAnotherProcess_goesOnInAFileOfItsOwn() throws IOException {
    Files.writeString(folder.resolve("000009.ledgers"), "");
    Files.writeString(folder.resolve("000010.ledgers"), "");
    Files.writeString(folder.resolve("notes.txt"), "");
    Files.writeString(folder.resolve("1.ledgers"), "");
    try (LedgerFolder files = folderOf(2, 1 << 20)) {
      append(files, 1);
    }

    assertThat(names())
        .containsExactly("000010.ledgers", "000011.ledgers", "1.ledgers", "notes.txt");
  }

  @Test
  void append_nextFileCannotBeMade_keepsTheOldOnes() throws IOException {
    long head = headBytes();
    try (LedgerFolder files = folderOf(1, head + RECORD_BYTES)) {
      append(files, 1);
      Files.writeString(folder.resolve("999999999.ledgers"), ""); // the next would have ten digits
      Files.createDirectory(folder.resolve("1000000000.ledgers"));

      ring.offer(Tier.FREE, ledger(2), RequestOutcome.OK);
      assertThatThrownBy(() -> ring.drain(files::append)).isInstanceOf(IOException.class);
    }

    assertThat(totals("000001.ledgers")).containsExactly(1);
  }

  private LedgerFolder folderOf(int files, long bytes) {
    return new LedgerFolder(folder, plan, new LedgerFolder.Bounds(files, bytes));
  }

  private long headBytes() throws IOException {
    try (LedgerFolder files = folderOf(1, 1 << 20)) {
      append(files, 0);
    }
    Path file = folder.resolve("000001.ledgers");
    long bytes = Files.size(file) - RECORD_BYTES;
    Files.delete(file);
    return bytes;
  }

  private void append(LedgerFolder files, int micros) throws IOException {
    ring.offer(Tier.FREE, ledger(micros), RequestOutcome.OK);
    ring.drain(files::append);
  }

  private Ledger ledger(int micros) {
    return Ledgers.spent(plan, micros);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private List<Integer> totals(String name) throws IOException {
    List<Integer> totals = new ArrayList<>();
    try (LedgerReader reader = LedgerReader.open(folder.resolve(name))) {
      for (RecordedLedger ledger = reader.next(); ledger != null; ledger = reader.next()) {
        totals.add(ledger.totalMicros());
      }
    }
    return totals;
  }
}
