package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.BigRange;
import net.jqwik.api.constraints.Scale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TickFormatTest {

  private static final Symbols SYMBOLS = SymbolsTest.shipped();
  private static final String MT5_HEAD =
      "<DATE>\t<TIME>\t<BID>\t<ASK>\t<LAST>\t<VOLUME>\t<FLAGS>\r\n";
  private static final String BARS_HEAD =
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>\n";

  private record Seen(
      long timeMsc, double bid, double ask, double last, double volume, int flags) {}

  private static List<Seen> read(TickFormat format, String name, String text, SourceOptions options)
      throws IOException {
    var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    try (TickSource source = format.open(in, name, options)) {
      return drain(source);
    }
  }

  private static List<Seen> drain(TickSource source) throws IOException {
    var seen = new ArrayList<Seen>();
    while (source.next()) {
      TickSlot t = source.tick();
      seen.add(new Seen(t.timeMsc, t.bid, t.ask, t.last, t.volume, t.flags));
    }
    return seen;
  }

  private static long msc(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  @Test
  void bitstamp_theSample_isReadWhole() throws IOException {
    try (TickSource source = TickFormat.openSample(SYMBOLS)) {
      assertThat(source.symbol()).isEqualTo("BTCUSD");
      assertThat(source.bytesTotal()).isPositive();
      List<Seen> seen = drain(source);
      assertThat(seen).hasSize(100_000);
      assertThat(seen.get(0)).isEqualTo(new Seen(1_385_337_600_000L, 0, 0, 800.01, 0.1, 24));
      long twins = 0;
      for (int i = 1; i < seen.size(); i++) {
        twins += seen.get(i).equals(seen.get(i - 1)) ? 1 : 0;
      }
      assertThat(twins).as("identical rows are kept").isEqualTo(1_973);
      assertThat(source.bytesRead()).isEqualTo(source.bytesTotal());
    }
  }

  @Test
  void lean_zippedWithZone_isUtc(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("20140508_quote.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("20140508_eurusd_tick_quote.csv"));
      zip.write("8715,1.39101,1.39114\n15681,1.39102,1.39116".getBytes(StandardCharsets.UTF_8));
    }
    var options = new SourceOptions(SYMBOLS, null, ZoneOffset.ofHours(-5));
    try (TickSource source = TickFormat.LEAN.open(file, options)) {
      assertThat(source.symbol()).isEqualTo("eurusd");
      assertThat(SYMBOLS.resolve(source.symbol())).isNotNull();
      assertThat(drain(source))
          .containsExactly(
              new Seen(msc("2014-05-08T05:00:08.715Z"), 1.39101, 1.39114, 0, 0, 6),
              new Seen(msc("2014-05-08T05:00:15.681Z"), 1.39102, 1.39116, 0, 0, 6));
    }
  }

  @Test
  void mt5_emptyFieldsAndUnknownFlags_areAbsentAndMasked() throws IOException {
    String text =
        "\ufeff"
            + MT5_HEAD
            + "2024.01.31\t02:00:00.123\t1.08427\t1.08431\t\t\t6\r\n"
            + "2024.01.31\t02:00:01.000\t\t1.08432\t\t\t1028\r\n";
    var options = new SourceOptions(SYMBOLS, null, ZoneOffset.ofHours(2));
    assertThat(read(TickFormat.MT5, "EURUSD_20240131.csv", text, options))
        .containsExactly(
            new Seen(msc("2024-01-31T00:00:00.123Z"), 1.08427, 1.08431, 0, 0, 6),
            new Seen(msc("2024-01-31T00:00:01Z"), 0, 1.08432, 0, 0, 4));
  }

  @Test
  void mt5Bars_risingAndFalling_becomeFourQuotes() throws IOException {
    String text =
        BARS_HEAD
            + "2024.01.31\t02:00:00\t1.10\t1.13\t1.09\t1.12\t40\t0\t10\n"
            + "2024.01.31\t02:01:00\t1.12\t1.13\t1.09\t1.10\t40\t0\t0\n";
    List<Seen> seen =
        read(TickFormat.MT5_BARS, "EURUSD.m_M1.csv", text, SourceOptions.utc(SYMBOLS));
    assertThat(seen)
        .extracting(Seen::bid)
        .containsExactly(1.10, 1.09, 1.13, 1.12, 1.12, 1.13, 1.09, 1.10);
    assertThat(seen.get(0).ask).isEqualTo(1.10 + 10 * 0.00001);
    assertThat(seen.get(3).timeMsc).isEqualTo(msc("2024-01-31T02:00:59.999Z"));
    assertThat(seen.get(4).timeMsc).isEqualTo(msc("2024-01-31T02:01:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8715,1.39101",
        "8715,1.39101,1.39114,1",
        "x,1.39101,1.39114",
        "86400000,1.39101,1.39114",
        "-1,1.39101,1.39114",
        "8715,,1.39114",
        "8715,.,1.39114",
        "8715,NaN,1.39114",
        "8715,0x1p3,1.39114",
        "8715,1.3.9,1.39114",
        "8715,1e,1.39114"
      })
  void lean_malformedRow_namesFileLineAndContent(String row) {
    assertThatThrownBy(
            () ->
                read(
                    TickFormat.LEAN,
                    "20140508_eurusd_tick_quote.csv",
                    "1,1.3,1.4\n\n" + row + "\n",
                    SourceOptions.utc(SYMBOLS)))
        .isInstanceOf(MalformedTickException.class)
        .hasMessageContaining("20140508_eurusd_tick_quote.csv line 3: ")
        .hasMessageContaining("'" + row + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "2024.13.31\t02:00:00.123\t1\t1\t\t\t6,<DATE>",
    "2024-01-31\t02:00:00.123\t1\t1\t\t\t6,<DATE>",
    "2024.01.31\t24:00:00.123\t1\t1\t\t\t6,<TIME>",
    "2024.01.31\t2:00\t1\t1\t\t\t6,<TIME>",
    "2024.01.31\t02:00:00.123\t1\t1\t\t\t,<FLAGS>",
    "2024.01.31\t02:00:00.123\t1\t1,columns"
  })
  void mt5_malformedRow_saysWhatIsWrong(String row, String problem) {
    assertThatThrownBy(
            () -> read(TickFormat.MT5, "EURUSD_x.csv", MT5_HEAD + row, SourceOptions.utc(SYMBOLS)))
        .hasMessageContaining("line 2")
        .hasMessageContaining(problem);
  }

  @Test
  void read_lineWithoutEnd_isRefusedNotGathered() {
    assertThatThrownBy(
            () ->
                read(
                    TickFormat.BITSTAMP,
                    "x.csv",
                    "1".repeat(1_000_000),
                    SourceOptions.utc(SYMBOLS)))
        .isInstanceOf(MalformedTickException.class)
        .hasMessageContaining("longer than 4096 bytes");
  }

  @Test
  void open_nameSaysTooLittle_isRefused() {
    SourceOptions options = SourceOptions.utc(SYMBOLS);
    assertThatThrownBy(() -> read(TickFormat.LEAN, "eurusd.csv", "", options))
        .hasMessageContaining("symbol");
    var named = new SourceOptions(SYMBOLS, "EURUSD", ZoneOffset.UTC);
    assertThatThrownBy(() -> read(TickFormat.LEAN, "eurusd.csv", "", named))
        .hasMessageContaining("its day");
    assertThatThrownBy(() -> read(TickFormat.LEAN, "20141399_q.csv", "", named))
        .hasMessageContaining("no day");
    assertThatThrownBy(() -> read(TickFormat.MT5_BARS, "DOGE_M1.csv", "", options))
        .hasMessageContaining("'DOGE'");
    assertThatThrownBy(() -> TickFormat.of("csv"))
        .hasMessageContaining("lean, bitstamp, mt5, mt5-bars");
    assertThat(TickFormat.of("mt5-bars")).isEqualTo(TickFormat.MT5_BARS);
  }

  @Property(tries = 500)
  void decimal_anyNumber_isRoundedAsJavaDoes(
      @ForAll @BigRange(min = "0", max = "99999999999999999999") @Scale(16) BigDecimal number)
      throws IOException {
    String text = number.toPlainString();
    var in = new ByteArrayInputStream((text + "\n").getBytes(StandardCharsets.UTF_8));
    try (Lines lines = new Lines(in, "x")) {
      lines.next();
      lines.split(',');
      assertThat(lines.decimal(0, "n")).isEqualTo(Double.parseDouble(text));
    }
  }
}
