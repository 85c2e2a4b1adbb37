package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.gateway.requests.BatchCodecs;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TickFeedTest {
  private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

  @Property(tries = 300)
  void next_looping_timesStrictlyContinueAndKeepTheTimeOfDay(
      @ForAll @Size(min = 1, max = 12) List<@LongRange(min = 0, max = 300_000_000) Long> gaps,
      @ForAll @IntRange(min = 1, max = 5) int batch)
      throws Exception {
    List<Long> times = new ArrayList<>();
    long time = 1_400_000_000_000L;
    for (long gap : gaps) {
      times.add(time);
      time += gap;
    }
    TickFeed feed = feed(times, batch, true, List.of("a"));
    List<Long> sent = new ArrayList<>();
    while (sent.size() < 3 * times.size()) {
      for (Tick tick : decode(next(feed)).getTicksList()) {
        sent.add(tick.getTimeMsc());
      }
    }

    for (int i = 0; i < 3 * times.size(); i++) {
      int inPass = i % times.size();
      long shift = sent.get(i) - times.get(inPass);
      assertThat(shift % DAY_MILLIS).isZero();
      if (i >= times.size() && inPass == 0) {
        assertThat(sent.get(i)).isGreaterThan(sent.get(i - 1));
        // The fewest days that do: one less would overlap the pass before.
        assertThat(sent.get(i) - DAY_MILLIS).isLessThanOrEqualTo(sent.get(i - 1));
      }
    }
  }

  @Property(tries = 200)
  void next_anyShape_sequencesCountFromOneForEveryTerminal(
      @ForAll @IntRange(min = 1, max = 30) int ticks,
      @ForAll @IntRange(min = 1, max = 7) int batch,
      @ForAll @IntRange(min = 1, max = 4) int terminals)
      throws Exception {
    List<String> names = new ArrayList<>();
    for (int n = 0; n < terminals; n++) {
      names.add("t" + n);
    }
    TickFeed feed = feed(everySecond(ticks), batch, true, names);
    Map<String, Long> last = new HashMap<>();
    for (int k = 0; k < 60; k++) {
      PreparedBatch prepared = next(feed);
      TickBatch sent = decode(prepared);
      assertThat(sent.getTerminal()).isEqualTo(names.get(k % terminals));
      assertThat(prepared.terminal()).isEqualTo(k % terminals);
      assertThat(sent.getSequence()).isEqualTo(last.merge(sent.getTerminal(), 1L, Long::sum));
      assertThat(sent.getSequence()).isEqualTo(prepared.sequence());
      assertThat(sent.getTicksCount()).isBetween(1, batch);
    }
  }

  @Test
  void next_notLooping_everyTerminalGetsEveryTickOnce() throws Exception {
    TickFeed feed = feed(everySecond(7), 3, false, List.of("a", "b"));
    Map<String, List<Long>> times = new HashMap<>();
    PreparedBatch prepared;
    while ((prepared = feed.next()) != null) {
      TickBatch batch = decode(prepared);
      for (Tick tick : batch.getTicksList()) {
        times.computeIfAbsent(batch.getTerminal(), t -> new ArrayList<>()).add(tick.getTimeMsc());
      }
    }

    assertThat(times).containsEntry("a", everySecond(7)).containsEntry("b", everySecond(7));
    assertThat(feed.next()).isNull();
  }

  @Test
  void next_loopingOverNothing_ends() throws Exception {
    assertThat(feed(List.of(), 3, true, List.of("a")).next()).isNull();
  }

  @Test
  void next_atSpeedTen_isDueWhenItsLastTickHappened() throws Exception {
    ReplayPlan plan = plan(everySecond(4), 2, true).withPace(new Pace.Speed(10)).withConnections(1);
    TickFeed feed = new TickFeed(plan, List.of("a"));

    assertThat(next(feed).dueNanos()).isEqualTo(100_000_000L);
    assertThat(next(feed).dueNanos()).isEqualTo(300_000_000L);
    assertThat(next(feed).dueNanos()).isEqualTo((DAY_MILLIS + 1_000) * 100_000L);
  }

  private static PreparedBatch next(TickFeed feed) throws IOException {
    PreparedBatch batch = feed.next();
    if (batch == null) {
      throw new AssertionError("the feed ended early");
    }
    return batch;
  }

  private static List<Long> everySecond(int count) {
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      times.add(1_400_000_000_000L + 1_000L * i);
    }
    return times;
  }

  private static TickFeed feed(List<Long> times, int batch, boolean loop, List<String> terminals) {
    return new TickFeed(plan(times, batch, loop), terminals);
  }

  private static ReplayPlan plan(List<Long> times, int batch, boolean loop) {
    return ReplayPlan.of(URI.create("http://127.0.0.1:1"), List.of("t"), () -> new ListTicks(times))
        .withBatch(batch)
        .withLoop(loop);
  }

  private static TickBatch decode(PreparedBatch batch) throws InvalidProtocolBufferException {
    return BatchCodecs.expand(TickBatch.parseFrom(batch.body()));
  }

  /** Ticks at given times. */
  private static final class ListTicks implements TickSupply.Ticks {
    private final Iterator<Long> times;

    ListTicks(List<Long> times) {
      this.times = times.iterator();
    }

    @Override
    public @Nullable Tick next() {
      return times.hasNext()
          ? Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(times.next())
              .setBid(1.1)
              .setAsk(1.2)
              .build()
          : null;
    }

    @Override
    public void close() throws IOException {}
  }
}
