package io.sub30.database;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadTimeTest {

  @ParameterizedTest
  @CsvSource({
    "-5000000, 0, 0",
    "0, 0, 0",
    "1400000, 0, 0",
    "1500000, 0, 1",
    "1999999, 0, 1",
    "2000000, 1, 1",
    "3000000, 1, 2",
    "23999999, 11, 16",
    "24000000, 12, 16",
    "30000000, 15, 22",
    "80000000, 40, 72",
    "100000000, 50, 90",
    "1000000000, 500, 900"
  })
  void shares_ofTheTimeLeft_areHalfAndAllButTheReserve(long nanos, long replica, long primary) {
    assertThat(ReadTime.replicaMillis(nanos)).isEqualTo(replica);
    assertThat(ReadTime.primaryMillis(nanos)).isEqualTo(primary);
  }

  /** However long the replica took of its share, the rungs together fit into the time. */
  @Property
  void shares_oneAfterTheOther_leaveTimeForTheCache(
      @ForAll @LongRange(min = 0, max = 3_600_000_000_000L) long nanos) {
    long left = nanos - ReadTime.replicaMillis(nanos) * 1_000_000;
    long afterwards = left - ReadTime.primaryMillis(left) * 1_000_000;
    assertThat(afterwards).isGreaterThanOrEqualTo(Math.min(ReadTime.RESERVE_NANOS, nanos / 6));
  }
}
