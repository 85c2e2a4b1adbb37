package io.sub30.market;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class NewYorkTimeTest {

  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  @Property
  void clock_anyTimeTo2100_isThatOfTheZone(
      @ForAll @LongRange(min = 631_152_000_000L, max = 4_102_444_800_000L) long utcMsc) {
    ZonedDateTime local = Instant.ofEpochMilli(utcMsc).atZone(NEW_YORK);
    int day = local.getHour() * 60 + local.getMinute();
    assertThat(NewYorkTime.minuteOfDay(utcMsc)).isEqualTo(day);
    assertThat(NewYorkTime.minuteOfWeek(utcMsc))
        .isEqualTo(local.getDayOfWeek().getValue() % 7 * 1_440 + day);
  }

  @Test
  void offset_aroundTheChange_turnsAtItsMillisecond() {
    long spring = Instant.parse("2024-03-10T07:00:00Z").toEpochMilli();
    long autumn = Instant.parse("2024-11-03T06:00:00Z").toEpochMilli();
    assertThat(NewYorkTime.offsetMillis(spring - 1)).isEqualTo(-18_000_000);
    assertThat(NewYorkTime.offsetMillis(spring)).isEqualTo(-14_400_000);
    assertThat(NewYorkTime.offsetMillis(autumn - 1)).isEqualTo(-14_400_000);
    assertThat(NewYorkTime.offsetMillis(autumn)).isEqualTo(-18_000_000);
    assertThat(NewYorkTime.offsetMillis(Long.MIN_VALUE)).isEqualTo(-18_000_000);
  }

  @Test
  void weekend_runsFromFridayToSundayAtFive() {
    ZonedDateTime friday = ZonedDateTime.of(2014, 5, 9, 17, 0, 0, 0, NEW_YORK);
    assertThat(friday.getDayOfWeek()).isEqualTo(DayOfWeek.FRIDAY);
    long close = friday.toInstant().toEpochMilli();
    long open = friday.plusDays(2).toInstant().toEpochMilli();
    assertThat(NewYorkTime.weekend(close - 1)).isFalse();
    assertThat(NewYorkTime.weekend(close)).isTrue();
    assertThat(NewYorkTime.weekend(open - 1)).isTrue();
    assertThat(NewYorkTime.weekend(open)).isFalse();
  }
}
