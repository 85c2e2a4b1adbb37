package io.sub30.database.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

final class SourceChoiceTest {

  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  private final SourceChoice choice = new SourceChoice();

  @Property
  void order_anything_isWhoMayBeAskedLastResortsLast(
      @ForAll QueryClass query,
      @ForAll Set<Source> healthy,
      @ForAll Map<Source, @LongRange(min = 0, max = 1_000_000_000) Long> took,
      @ForAll @LongRange(min = 0, max = 1_000_000_000) long left) {
    SourceChoice fresh = new SourceChoice();
    took.forEach((source, nanos) -> measure(fresh, query, source, nanos));

    List<Source> order = fresh.order(query, healthy::contains, SECOND, left);

    List<Source> all = new ArrayList<>(query.candidates());
    all.addAll(query.lastResorts());
    all.retainAll(healthy);
    assertThat(order).containsExactlyInAnyOrderElementsOf(all);
    List<Source> resorts = new ArrayList<>(query.lastResorts());
    resorts.retainAll(healthy);
    assertThat(order.subList(order.size() - resorts.size(), order.size())).isEqualTo(resorts);
  }

  @Property
  void order_outOfPreference_hasAReason(
      @ForAll QueryClass query,
      @ForAll Map<Source, @LongRange(min = 1, max = 1_000_000_000) Long> took,
      @ForAll @LongRange(min = 0, max = 1_000_000_000) long left) {
    SourceChoice fresh = new SourceChoice();
    took.forEach((source, nanos) -> measure(fresh, query, source, nanos));
    List<Source> order = fresh.order(query, source -> true, SECOND, left);
    for (int i = 1; i < query.candidates().size(); i++) {
      Source before = order.get(i - 1);
      Source after = order.get(i);
      if (query.candidates().indexOf(before) > query.candidates().indexOf(after)) {
        long slow = fresh.expectedNanos(query, after, SECOND);
        long quick = fresh.expectedNanos(query, before, SECOND);
        boolean late = slow > left && quick <= left;
        assertThat(late || slow > query.patience() * quick + SourceChoice.SLACK_NANOS)
            .as("%s before %s, %d against %d, %d left", before, after, quick, slow, left)
            .isTrue();
      }
    }
  }

  @Test
  void order_nothingMeasured_isThePreference() {
    assertThat(order(QueryClass.LATEST, EnumSet.allOf(Source.class)))
        .containsExactly(Source.PROCESS, Source.PRIMARY);
    assertThat(order(QueryClass.SIGNALS, EnumSet.allOf(Source.class)))
        .containsExactly(Source.REPLICA, Source.PRIMARY, Source.CACHE);
    assertThat(order(QueryClass.BARS, EnumSet.allOf(Source.class)))
        .containsExactly(Source.COLUMNAR, Source.PRIMARY);
  }

  @Test
  void order_slowerThanThePatience_comesAfterTheQuicker() {
    measure(choice, QueryClass.SIGNALS, Source.PRIMARY, MILLI);
    measure(choice, QueryClass.SIGNALS, Source.REPLICA, 5 * MILLI);
    assertThat(order(QueryClass.SIGNALS, EnumSet.allOf(Source.class)))
        .containsExactly(Source.REPLICA, Source.PRIMARY, Source.CACHE);

    measure(choice, QueryClass.SIGNALS, Source.REPLICA, 5 * MILLI + 1);
    assertThat(order(QueryClass.SIGNALS, EnumSet.allOf(Source.class)))
        .containsExactly(Source.PRIMARY, Source.REPLICA, Source.CACHE);
  }

  @Test
  void order_slowerThanTheTimeLeft_comesAfterWhoIsNot() {
    measure(choice, QueryClass.SIGNALS, Source.REPLICA, 20 * MILLI);
    assertThat(choice.order(QueryClass.SIGNALS, source -> true, SECOND, 20 * MILLI))
        .containsExactly(Source.REPLICA, Source.PRIMARY, Source.CACHE);
    assertThat(choice.order(QueryClass.SIGNALS, source -> true, SECOND, 20 * MILLI - 1))
        .containsExactly(Source.PRIMARY, Source.REPLICA, Source.CACHE);
  }

  @Test
  void order_notHeardOfForLong_isTriedAgain() {
    measure(choice, QueryClass.SIGNALS, Source.PRIMARY, MILLI);
    measure(choice, QueryClass.SIGNALS, Source.REPLICA, 50 * MILLI);
    long later = SECOND + MovingQuantile.MEMORY_SECONDS * SECOND;
    assertThat(choice.order(QueryClass.SIGNALS, source -> true, later, SECOND).get(0))
        .isEqualTo(Source.PRIMARY);
    assertThat(choice.order(QueryClass.SIGNALS, source -> true, later + 1, SECOND).get(0))
        .isEqualTo(Source.REPLICA);
  }

  @Test
  void expectedNanos_isTheNinetiethPercentileOfTheLast() {
    for (int i = 1; i < MovingQuantile.LEAST; i++) {
      choice.took(QueryClass.BARS, Source.COLUMNAR, SECOND, 5);
      assertThat(choice.expectedNanos(QueryClass.BARS, Source.COLUMNAR, SECOND)).isZero();
    }
    for (int i = 1; i <= MovingQuantile.SAMPLES; i++) {
      choice.took(QueryClass.BARS, Source.COLUMNAR, SECOND, i);
    }
    assertThat(choice.expectedNanos(QueryClass.BARS, Source.COLUMNAR, SECOND)).isEqualTo(58);
  }

  private List<Source> order(QueryClass query, Set<Source> healthy) {
    return choice.order(query, healthy::contains, SECOND, SECOND);
  }

  private static void measure(SourceChoice choice, QueryClass query, Source source, long nanos) {
    for (int i = 0; i < MovingQuantile.SAMPLES; i++) {
      choice.took(query, source, SECOND, nanos);
    }
  }
}
