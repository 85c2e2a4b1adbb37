package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerFileTest {

  /** 14 bytes and 9 for each of 9 lines. */
  private static final int RECORD_BYTES = 95;

  @TempDir private Path folder;
  private final Plan plan = Plans.specified();
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("000001.ledgers");
  }

  @Test
  void read_whatWasWritten_isPlanAndLedgersInOrder() throws IOException {
    write(3_000);

    try (LedgerReader reader = LedgerReader.open(file)) {
      Plan read = reader.plan().orElseThrow();
      assertThat(read.lines()).isEqualTo(plan.lines());
      assertThat(read.totalNanos()).isEqualTo(plan.totalNanos());
      for (Tier tier : Tier.values()) {
        assertThat(read.totalNanos(tier)).isEqualTo(plan.totalNanos(tier));
      }
      for (int i = 0; i < 3_000; i++) {
        RecordedLedger ledger = Objects.requireNonNull(reader.next());
        assertThat(ledger.tier()).isEqualTo(Tier.PRO);
        assertThat(ledger.epochMillis()).isEqualTo(Ledgers.EPOCH_MILLIS);
        assertThat(ledger.spentMicros(0)).isEqualTo(i);
        assertThat(ledger.waitMicros(0)).isEqualTo(i / 4);
        assertThat(ledger.outcome(1)).isEqualTo(Outcome.SKIPPED);
      }
      assertThat(reader.next()).isNull();
      assertThat(reader.bytesLeft()).isZero();
      assertThat(reader.bytesRead()).isEqualTo(Files.size(file));
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void read_whileItGrows_goesOnWhereItWas() throws IOException {
    LedgerRing ring = new LedgerRing(plan, () -> Ledgers.EPOCH_MILLIS);
    try (LedgerFile out = LedgerFile.create(file, plan);
        LedgerReader reader = LedgerReader.open(file)) {
      assertThat(reader.next()).isNull();
      ring.offer(Tier.FREE, Ledgers.spent(plan, 7), RequestOutcome.OK);
      ring.drain(out::append);

      assertThat(reader.next()).isNotNull();
      assertThat(reader.next()).isNull();
      assertThat(out.bytes()).isEqualTo(Files.size(file));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, RECORD_BYTES - 1})
  void read_tornLastRecord_endsBeforeIt(int missing) throws IOException {
    write(10);
    cut(Files.size(file) - missing);

    assertThat(readAll()).hasSize(9);
    try (LedgerReader reader = LedgerReader.open(file)) {
      while (reader.next() != null) {
        // To the end.
      }
      assertThat(reader.bytesLeft()).isEqualTo(RECORD_BYTES - missing);
    }
  }

  @Test
  void read_zerosAtTheEnd_areNoLedgers() throws IOException {
    write(10);
    Files.write(file, new byte[3 * RECORD_BYTES], StandardOpenOption.APPEND);

    assertThat(readAll()).hasSize(10);
  }

  @Test
  void read_cutWithinTheHead_holdsNoLedgers() throws IOException {
    write(1);
    for (long size = Files.size(file) - RECORD_BYTES - 1; size >= 0; size--) {
      cut(size);
      try (LedgerReader reader = LedgerReader.open(file)) {
        assertThat(reader.plan()).as("cut to " + size).isEmpty();
        assertThat(reader.next()).isNull();
        assertThat(reader.bytesLeft()).isEqualTo(size);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "time,bid,ask\n", "SUB30LOG and more than enough bytes"})
  void open_foreignFile_isRefusedByName(String content) throws IOException {
    Files.writeString(file, content);

    assertThatThrownBy(() -> LedgerReader.open(file))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessage(
            file + " is no file of ledgers; it must be one that a server wrote under DATA/ledgers");
  }

  @Test
  void open_otherVersion_isRefusedNamingBoth() throws IOException {
    write(1);
    patch(11, (byte) 2);

    assertThatThrownBy(() -> LedgerReader.open(file))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessage(file + " is of version 2; this program reads ledgers of version 1");
  }

  @Test
  void open_damagedHead_isRefusedSayingWhat() throws IOException {
    write(1);
    byte[] good = Files.readAllBytes(file);

    patch(12, (byte) 0x7f);
    assertThatThrownBy(() -> LedgerReader.open(file)).hasMessageContaining("damaged head (a plan");

    Files.write(file, good);
    patch(16 + 8 + 24 + 3, (byte) 33);
    assertThatThrownBy(() -> LedgerReader.open(file))
        .hasMessageContaining("damaged head (33 lines)");

    Files.write(file, good);
    patch(16 + 7, (byte) 1);
    assertThatThrownBy(() -> LedgerReader.open(file))
        .isInstanceOf(LedgerFormatException.class)
        .hasMessageContaining("damaged head (the budget lines add up to 30 ms");
  }

  @Test
  void create_again_refusesToOverwrite() throws IOException {
    write(1);

    assertThatThrownBy(() -> LedgerFile.create(file, plan))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(readAll()).hasSize(1);
  }

  @Test
  void append_halfARecord_isRefused() throws IOException {
    try (LedgerFile out = LedgerFile.create(file, plan)) {
      assertThatThrownBy(() -> out.append(ByteBuffer.allocate(RECORD_BYTES + 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("96 bytes are no whole number of records of 95 bytes");
    }
    assertThat(readAll()).isEmpty();
  }

  private void write(int ledgers) throws IOException {
    List<Ledger> all = new ArrayList<>();
    for (int i = 0; i < ledgers; i++) {
      all.add(Ledgers.spent(plan, i));
    }
    Ledgers.write(file, Tier.PRO, Ledgers.EPOCH_MILLIS, all);
  }

  private List<RecordedLedger> readAll() throws IOException {
    List<RecordedLedger> all = new ArrayList<>();
    try (LedgerReader reader = LedgerReader.open(file)) {
      for (RecordedLedger ledger = reader.next(); ledger != null; ledger = reader.next()) {
        all.add(ledger);
      }
    }
    return all;
  }

  private void cut(long size) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), (int) size));
  }

  private void patch(int at, byte value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] = value;
    Files.write(file, bytes);
  }
}
