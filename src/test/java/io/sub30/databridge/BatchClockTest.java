package io.sub30.databridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.config.DataBridgeConfig;
import io.sub30.market.Quality;
import io.sub30.v1.TickBatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchClockTest {

  private static final long HOUR = 3_600_000;

  /** Columns: wall-clock of the newest tick ahead of arrival (ms), declared offset (s), suspect. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, false",
    "-59000, 0, false",
    "10800000, 10800, false",
    "10740000, 10800, false",
    "7200000, 10800, true", // winter time came, the terminal did not notice: an hour behind
    "14400000, 10800, true", // an hour ahead: also rejected as future
    "7140000, 10800, true",
    "7139999, 10800, false", // more than a minute from a quarter: late, not wrong
    "7260000, 10800, true",
    "7260001, 10800, false",
    "-900000, 0, true",
    "-75600000, 10800, true", // a day behind what was declared
    "-75600001, 10800, false", // history
    "-172800000, 0, false",
    "-31536000000, 0, false"
  })
  void quality_offsetDeclared_isSuspectWhenLiveTicksDisagree(
      long aheadMillis, int offsetSeconds, boolean suspect) {
    TickBatch batch =
        TickBatch.newBuilder()
            .setServerUtcOffsetS(offsetSeconds)
            .addTicks(Requests.quote("EURUSD", Requests.NOW + aheadMillis - 1_000, 1, 2))
            .addTicks(Requests.quote("EURUSD", Requests.NOW + aheadMillis, 1, 2))
            .build();
    var clock = new BatchClock(batch, Requests.NOW, DataBridgeConfig.defaults());
    assertThat(clock.quality()).isEqualTo(suspect ? Quality.OFFSET_SUSPECT : 0);
    assertThat(clock.utc(Requests.NOW)).isEqualTo(Requests.NOW - offsetSeconds * 1_000L);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "9223372036854775807", "-9223372036854775808"})
  void quality_nonsenseTimes_areNotJudged(long timeMsc) {
    TickBatch batch =
        TickBatch.newBuilder().addTicks(Requests.quote("EURUSD", timeMsc, 1, 2)).build();
    var clock = new BatchClock(batch, Requests.NOW, DataBridgeConfig.defaults());
    assertThat(clock.quality()).isZero();
    assertThat(clock.future(clock.utc(Long.MAX_VALUE))).isTrue();
    assertThat(clock.future(Requests.NOW + HOUR)).isTrue();
  }
}
