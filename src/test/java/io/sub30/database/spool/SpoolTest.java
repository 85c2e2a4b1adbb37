package io.sub30.database.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.config.ConfigException;
import io.sub30.database.BatchWriter.Write;
import io.sub30.v1.StoreRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

  private static final long MAX = 10_000;

  @TempDir Path folder = Path.of("");

  private long nowMsc = 1_000;

  private Spool open() {
    return Spool.open(folder.resolve("batches.sqlite"), () -> nowMsc, MAX);
  }

  private static Write write(String tenant, long sequence, int bytes) {
    return new Write(
        tenant,
        StoreRequest.newBuilder()
            .setTerminal("desk")
            .setSequence(sequence)
            .setContentHash(ByteString.copyFrom(new byte[bytes]))
            .build());
  }

  @Test
  void append_reopened_isThereInOrderAndCounted() throws Exception {
    try (Spool spool = open()) {
      for (Write write : List.of(write("a", 1, 10), write("b", 1, 10), write("a", 2, 10))) {
        assertThat(spool.reserve(write)).isTrue();
        spool.append(List.of(write));
      }
    }
    nowMsc = 3_500;
    try (Spool spool = open()) {
      assertThat(spool.entries()).isEqualTo(3);
      assertThat(spool.oldestMillis()).isEqualTo(2_500);
      assertThat(spool.holds("a") && spool.holds("b") && !spool.holds("c")).isTrue();
      List<SpoolEntry> oldest = spool.oldest(10);
      assertThat(oldest).extracting(SpoolEntry::tenant).containsExactly("a", "b", "a");
      assertThat(oldest.get(2).request()).isEqualTo(write("a", 2, 10).request());
      assertThat(spool.find("a", "desk", 2)).contains(write("a", 2, 10).request());
      assertThat(spool.find("b", "desk", 2)).as("another tenant's").isEmpty();

      spool.drained(oldest.subList(0, 1));
      assertThat(spool.holds("a")).as("one of two is left").isTrue();
      spool.drained(oldest.subList(1, 3));
      assertThat(spool.entries() + spool.bytes() + spool.oldestMillis()).isZero();
      assertThat(spool.holds("a") || spool.holds("b")).isFalse();
    }
  }

  @Test
  void reserve_full_isRefusedUntilSomethingIsGone() throws Exception {
    try (Spool spool = open()) {
      Write first = write("a", 1, 6_000);
      assertThat(spool.reserve(first)).isTrue();
      spool.append(List.of(first));
      assertThat(spool.reserve(write("a", 2, 6_000))).isFalse();
      assertThat(spool.entries()).isEqualTo(1);
      assertThat(spool.bytes()).isBetween(6_000L, MAX);
      spool.drained(spool.oldest(1));
      assertThat(spool.reserve(write("a", 2, 6_000))).isTrue();
    }
  }

  @Test
  void append_failed_nothingIsTakenAnyMore() throws Exception {
    try (Spool spool = open()) {
      Write write = write("a", 1, 10);
      assertThat(spool.reserve(write)).isTrue();
      spool.append(List.of(write));
      // The same key twice is what the journal refuses.
      assertThatThrownBy(() -> spool.append(List.of(write))).isInstanceOf(SQLException.class);
      assertThat(spool.reserve(write("a", 2, 10))).isFalse();
      assertThat(spool.takes()).isFalse();
      assertThat(spool.oldest(10)).as("what was there before").hasSize(1);
    }
  }

  @Test
  void oldest_largeBatches_areAFewAtATime() throws Exception {
    try (Spool spool = Spool.open(folder.resolve("large.sqlite"), () -> nowMsc, 1L << 30)) {
      for (long sequence = 1; sequence <= 7; sequence++) {
        Write write = write("a", sequence, 1 << 20);
        assertThat(spool.reserve(write)).isTrue();
        spool.append(List.of(write));
      }
      assertThat(spool.oldest(64)).hasSize(4);
      spool.drained(spool.oldest(64));
      assertThat(spool.oldest(64)).hasSize(3);
      assertThat(spool.entries()).isEqualTo(3);
    }
  }

  @Test
  void setAside_isKeptApartAndReported() throws Exception {
    try (Spool spool = open()) {
      Write write = write("a", 1, 10);
      assertThat(spool.reserve(write)).isTrue();
      spool.append(List.of(write));
      spool.setAside(spool.oldest(1).get(0), "because");
      assertThat(spool.holds("a")).isFalse();
      assertThat(spool.oldest(1)).isEmpty();
    }
    try (Spool spool = open()) {
      assertThat(spool.aside()).isEqualTo(1);
      assertThat(spool.detail()).contains("1 set aside");
    }
  }

  @Test
  void open_notASpool_isRefusedByName() throws Exception {
    Path file = folder.resolve("batches.sqlite");
    Files.writeString(file, "this is no database, and long enough to be looked at. ".repeat(50));
    assertThatThrownBy(this::open)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(file.toString());
  }
}
