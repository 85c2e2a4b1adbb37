package io.sub30.budget;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertLevelTest {

  @ParameterizedTest
  @CsvSource({
    "-1, NONE",
    "0, NONE",
    "23999999, NONE",
    "24000000, NONE",
    "24000001, WARNING",
    "30000000, WARNING",
    "30000001, CRITICAL",
    "45000000, CRITICAL",
    "45000001, SLA_VIOLATION",
    "9223372036854775807, SLA_VIOLATION",
  })
  void of_aroundEachThreshold_changesOneNanosecondAbove(long used, AlertLevel level) {
    assertThat(AlertLevel.of(used, 30_000_000)).isEqualTo(level);
  }

  @Property
  void of_moreUsed_isNeverALowerLevel(
      @ForAll @LongRange(min = 1, max = 3_600_000_000_000L) long budget,
      @ForAll @LongRange(min = 0, max = 10_000_000_000_000L) long used,
      @ForAll @LongRange(min = 0, max = 10_000_000_000_000L) long more) {
    assertThat(AlertLevel.of(used + more, budget))
        .isGreaterThanOrEqualTo(AlertLevel.of(used, budget));
  }
}
