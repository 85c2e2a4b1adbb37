package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.v1.Tick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TickFilesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void open_twoFiles_areOneStreamAndRepeatable() throws IOException {
    Path first =
        Files.writeString(
            folder.resolve("20140508_eurusd_tick_quote.csv"), "0,1.1,1.2\n5,1.3,1.4\n");
    Path second =
        Files.writeString(folder.resolve("20140509_eurusd_tick_quote.csv"), "7,1.5,1.6\n");
    TickSupply supply = TickFiles.of("lean", List.of(first, second));

    List<Tick> ticks = readAll(supply);

    assertThat(ticks).extracting(Tick::getBid).containsExactly(1.1, 1.3, 1.5);
    assertThat(ticks).extracting(Tick::getFlags).containsOnly(6);
    assertThat(ticks).noneMatch(Tick::hasLast).noneMatch(Tick::hasVolume);
    assertThat(ticks.get(2).getTimeMsc() - ticks.get(0).getTimeMsc()).isEqualTo(86_400_007);
    assertThat(readAll(supply)).isEqualTo(ticks);
  }

  @Test
  void sample_isRealTradesInOrder() throws IOException {
    List<Tick> ticks = readAll(TickFiles.sample());

    assertThat(ticks).hasSizeGreaterThan(90_000);
    assertThat(ticks).allMatch(Tick::hasLast).noneMatch(Tick::hasBid);
    for (int i = 1; i < ticks.size(); i++) {
      assertThat(ticks.get(i).getTimeMsc()).isGreaterThanOrEqualTo(ticks.get(i - 1).getTimeMsc());
    }
  }

  @Test
  void of_nameWithoutADay_isRefusedBeforeTheRun() throws IOException {
    Path file = Files.writeString(folder.resolve("quotes.csv"), "0,1.1,1.2\n");

    assertThatThrownBy(() -> TickFiles.of("lean", List.of(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("quotes.csv");
  }

  private static List<Tick> readAll(TickSupply supply) throws IOException {
    List<Tick> all = new ArrayList<>();
    try (TickSupply.Ticks ticks = supply.open()) {
      for (Tick tick = ticks.next(); tick != null; tick = ticks.next()) {
        all.add(tick);
      }
    }
    return all;
  }
}
