package io.sub30.gateway.rates;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Tier;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Two tenants on two event loops, in any order; whatever they do, the rate and the bounds hold. */
class WaitingLinePropertyTest {

  private static final long MILLI = 1_000_000;
  private static final long REST = 30 * MILLI;
  private static final long MAX_WAIT = 1_200 * MILLI;
  private static final int PER_SECOND = 4;
  private static final int BURST = 6;
  private static final int WAITING = 5;
  private static final int PER_TENANT = 3;

  /**
   * One arrival.
   *
   * @param gapMillis since the one before
   * @param leaves whether the client goes at once if it has to wait
   */
  record Arrival(long gapMillis, int loop, String tenant, long withinMillis, boolean leaves) {}

  private static final class Batch {
    final Run.Loop loop;
    final String tenant;
    final long joinedNanos;
    final long deadlineNanos;
    boolean waits;
    int told;
    Verdict verdict = Verdict.WAITING;
    long decidedNanos;

    Batch(Run.Loop loop, String tenant, long joinedNanos, long deadlineNanos) {
      this.loop = loop;
      this.tenant = tenant;
      this.joinedNanos = joinedNanos;
      this.deadlineNanos = deadlineNanos;
    }

    void decide(Verdict with, long nowNanos) {
      told++;
      verdict = with;
      decidedNanos = nowNanos;
      waits = false;
    }
  }

  @Provide
  Arbitrary<List<Arrival>> arrivals() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 400),
            Arbitraries.integers().between(0, 1),
            Arbitraries.of("a", "b"),
            Arbitraries.longs().between(1, 2_000),
            Arbitraries.integers().between(0, 9).map(roll -> roll == 0))
        .as(Arrival::new)
        .list()
        .ofMaxSize(120);
  }

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void join_anyArrivals_keepsRateOrderAndBounds(@ForAll("arrivals") List<Arrival> arrivals) {
    new Run().go(arrivals);
  }

  /** One try. */
  private static final class Run {
    private final FakeNanoClock clock = new FakeNanoClock(Long.MAX_VALUE - 2_000 * MILLI);
    private final long startNanos = clock.nanoTime();
    private final RateLimits limits =
        new RateLimits(
            new RatesConfig(
                new RateConfig(PER_SECOND, BURST, Duration.ofNanos(MAX_WAIT)),
                new RateConfig(1, 1, Duration.ZERO),
                new RateConfig(1, 1, Duration.ZERO),
                WAITING,
                PER_TENANT,
                10,
                1),
            clock);
    private final List<Loop> loops = List.of(new Loop(), new Loop());
    private final List<Batch> batches = new ArrayList<>();

    private final class Loop {
      final WaitingLine<Batch> line =
          new WaitingLine<>(
              limits,
              Tier.FREE,
              (batch, decision) -> {
                // Of those of a tenant that wait on this loop nobody has an earlier deadline.
                if (decision.granted()) {
                  assertThat(waiting(batch))
                      .allMatch(other -> batch.deadlineNanos - other.deadlineNanos <= 0);
                }
                batch.decide(decision.verdict(), clock.nanoTime());
              });
    }

    private List<Batch> waiting(Batch like) {
      return batches.stream()
          .filter(one -> one.waits && one.loop == like.loop && one.tenant.equals(like.tenant))
          .toList();
    }

    void go(List<Arrival> arrivals) {
      for (Arrival arrival : arrivals) {
        advance(arrival.gapMillis * MILLI);
        arrive(arrival);
        assertThat(limits.waiting(Tier.FREE))
            .isBetween(0, WAITING)
            .isEqualTo((int) batches.stream().filter(batch -> batch.waits).count());
        assertThat(waiting(batches.get(batches.size() - 1))).hasSizeLessThanOrEqualTo(PER_TENANT);
      }
      advance(2_500 * MILLI);

      assertThat(limits.waiting(Tier.FREE)).isZero();
      assertThat(batches).allMatch(batch -> batch.told == 1 && batch.verdict != Verdict.WAITING);
      for (Batch batch : batches) {
        if (batch.verdict == Verdict.GRANTED && batch.decidedNanos != batch.joinedNanos) {
          assertThat(batch.decidedNanos - batch.joinedNanos).isLessThanOrEqualTo(MAX_WAIT);
          assertThat(batch.deadlineNanos - batch.decidedNanos).isGreaterThanOrEqualTo(REST);
        }
      }
      assertRate("a");
      assertRate("b");
    }

    private void arrive(Arrival arrival) {
      Loop loop = loops.get(arrival.loop);
      long now = clock.nanoTime();
      Batch batch = new Batch(loop, arrival.tenant, now, now + arrival.withinMillis * MILLI);
      Verdict verdict = loop.line.join(batch, batch.tenant, batch.deadlineNanos, REST).verdict();
      batches.add(batch);
      if (verdict != Verdict.WAITING) {
        batch.decide(verdict, now);
      } else if (arrival.leaves) {
        assertThat(loop.line.leave(batch, batch.tenant)).isTrue();
        batch.decide(Verdict.REFUSED, now);
      } else {
        batch.waits = true;
      }
    }

    /** As the timer does: to each turn on the way, and there lets in. */
    private void advance(long nanos) {
      long untilNanos = clock.nanoTime() + nanos;
      while (true) {
        long next = Math.min(loops.get(0).line.nextNanos(), loops.get(1).line.nextNanos());
        if (next > untilNanos - clock.nanoTime()) {
          break;
        }
        clock.advanceNanos(next);
        loops.forEach(loop -> loop.line.settle());
      }
      clock.advanceNanos(untilNanos - clock.nanoTime());
    }

    /** In any window that begins with one let in: the burst, and what the rate gives meanwhile. */
    private void assertRate(String tenant) {
      List<Long> granted =
          batches.stream()
              .filter(one -> one.tenant.equals(tenant) && one.verdict == Verdict.GRANTED)
              .map(one -> one.decidedNanos - startNanos)
              .sorted(Comparator.naturalOrder())
              .toList();
      for (int from = 0; from < granted.size(); from++) {
        for (int to = from; to < granted.size(); to++) {
          long windowNanos = granted.get(to) - granted.get(from);
          assertThat(to - from + 1)
              .isLessThanOrEqualTo(BURST + (int) (windowNanos * PER_SECOND / 1_000_000_000));
        }
      }
    }
  }
}
