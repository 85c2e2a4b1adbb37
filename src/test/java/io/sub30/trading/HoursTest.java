package io.sub30.trading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HoursTest {

  /** A moment of New York; 2014-05-04 was a Sunday. */
  private static long at(String local) {
    return LocalDateTime.parse(local)
        .atZone(ZoneId.of("America/New_York"))
        .toInstant()
        .toEpochMilli();
  }

  private static boolean open(String window, String local) {
    return Hours.parse(List.of(window)).contain(at(local));
  }

  @ParameterizedTest
  @CsvSource({
    "Mon-Fri 08:00-12:00, 2014-05-05T07:59:59.999, false",
    "Mon-Fri 08:00-12:00, 2014-05-05T08:00, true",
    "Mon-Fri 08:00-12:00, 2014-05-09T11:59:59.999, true",
    "Mon-Fri 08:00-12:00, 2014-05-09T12:00, false",
    "Mon-Fri 08:00-12:00, 2014-05-10T10:00, false",
    "Mon-Fri 08:00-12:00, 2014-05-04T10:00, false",
    "08:00 - 12:00, 2014-05-10T10:00, true",
    "22:00-02:00, 2014-05-07T21:59, false",
    "22:00-02:00, 2014-05-07T22:00, true",
    "22:00-02:00, 2014-05-08T01:59, true",
    "22:00-02:00, 2014-05-08T02:00, false",
    "Sat 22:00-02:00, 2014-05-11T01:00, true",
    "Sat 22:00-02:00, 2014-05-10T01:00, false",
    "Fri-Mon 10:00-11:00, 2014-05-04T10:30, true",
    "Fri-Mon 10:00-11:00, 2014-05-06T10:30, false",
    "Sun 17:15 - Fri 16:45, 2014-05-04T17:14:59, false",
    "Sun 17:15 - Fri 16:45, 2014-05-04T17:15, true",
    "Sun 17:15 - Fri 16:45, 2014-05-09T16:44:59, true",
    "Sun 17:15 - Fri 16:45, 2014-05-09T16:45, false",
    "Fri 17:00 - Sun 17:00, 2014-05-10T00:00, true",
    "Tue 00:00-24:00, 2014-05-06T23:59, true",
    "Tue 00:00-24:00, 2014-05-07T00:00, false",
    "always, 2014-05-10T03:00, true",
  })
  void contain_windowAndMoment_endIsExcluded(String window, String local, boolean expected) {
    assertThat(open(window, local)).isEqualTo(expected);
  }

  @Test
  void contain_acrossDaylightSaving_keepsNewYorksClock() {
    assertThat(open("08:00-09:00", "2014-01-15T08:30")).isTrue();
    assertThat(open("08:00-09:00", "2014-07-15T08:30")).isTrue();
  }

  @Test
  void contain_severalWindows_isTheirUnion() {
    Hours hours = Hours.parse(List.of("Mon 08:00-09:00", "Mon 10:00-11:00"));
    assertThat(hours.contain(at("2014-05-05T08:30"))).isTrue();
    assertThat(hours.contain(at("2014-05-05T09:30"))).isFalse();
    assertThat(hours.contain(at("2014-05-05T10:30"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8:00-12:00",
        "25:00-26:00",
        "24:01-25:00",
        "08:60-09:00",
        "Mon",
        "mon 08:00-09:00"
      })
  void parse_malformed_isRefusedSayingHowOneIsWritten(String window) {
    assertThatThrownBy(() -> Hours.parse(List.of(window)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + window + "' is no window; write always");
  }
}
