package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.v1.Tick;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayIT {
  private static final RetryPolicy QUICK = new RetryPolicy(5, 10, 1_000);

  @ParameterizedTest
  @EnumSource(names = {"HTTP2", "HTTP1"})
  void run_closedLoop_everyTerminalSendsEverythingOnceInOrder(Transport transport)
      throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      ReplayPlan plan =
          plan(server, 95).withTransport(transport, Encoding.PROTOBUF).withConnections(3);

      ReplayReport report = run(plan).report();

      assertThat(report.sent()).isEqualTo(3 * 10);
      assertThat(report.ok()).isEqualTo(3 * 10);
      assertThat(report.acceptedTicks()).isEqualTo(3 * 95);
      assertThat(report.clean()).isTrue();
      Map<String, List<Long>> sequences = new HashMap<>();
      for (StubServer.Received one : server.received) {
        sequences
            .computeIfAbsent(one.asBatch().getTerminal(), t -> new ArrayList<>())
            .add(one.asBatch().getSequence());
      }
      assertThat(sequences).hasSize(3);
      assertThat(sequences.values())
          .allSatisfy(
              list -> assertThat(list).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L));
    }
  }

  @Test
  void run_tokens_areSpreadRoundRobin() throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      ReplayPlan plan =
          ReplayPlan.of(server.uri(), List.of("a", "b"), ticks(10)).withConnections(3);

      run(plan.withTerminalPrefix("d"));

      Map<String, String> tokens = new HashMap<>();
      server.received.forEach(r -> tokens.put(r.asBatch().getTerminal(), r.authorization()));
      assertThat(tokens).isEqualTo(Map.of("d-1", "Bearer a", "d-2", "Bearer b", "d-3", "Bearer a"));
    }
  }

  @Test
  void run_serverFailsHangsAndDrops_sameBytesAreSentAgainUntilAcknowledged() throws Exception {
    Map<Long, AtomicInteger> attempts = new ConcurrentHashMap<>();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              long sequence = received.asBatch().getSequence();
              int attempt =
                  attempts.computeIfAbsent(sequence, s -> new AtomicInteger()).incrementAndGet();
              if (attempt > 2) {
                StubServer.acknowledge(request, received);
                return;
              }
              switch ((int) sequence % 5) {
                case 0 -> StubServer.refuse(request, 503, "unavailable", null);
                case 1 -> StubServer.refuse(request, 504, "out_of_time", "0");
                case 2 -> StubServer.refuse(request, 429, "rate_limited", "0");
                case 3 -> request.response().reset();
                default -> {
                  // Hangs: the client's timeout has to end it.
                }
              }
            })) {
      Map<Long, Answer> journal = new ConcurrentHashMap<>();
      ReplayPlan plan =
          plan(server, 100)
              .withConnections(1)
              .withRetries(QUICK)
              .withTimeout(Duration.ofMillis(300));

      ReplayOutcome outcome = run(plan, journal(journal));

      ReplayReport report = outcome.report();
      assertThat(report.sent()).isEqualTo(10);
      assertThat(report.ok()).isEqualTo(10);
      assertThat(report.retried()).isEqualTo(20);
      assertThat(report.byStatus().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(report.sent() + report.retried());
      assertThat(report.byStatus())
          .containsEntry(200, 10L)
          .containsEntry(503, 4L)
          .containsEntry(504, 4L)
          .containsEntry(429, 4L)
          .containsEntry(0, 8L);
      assertThat(report.byCode()).containsEntry("timeout", 4L).containsEntry("connection", 4L);
      assertThat(report.latency().max()).as("resends included").isGreaterThan(600_000);
      assertThat(outcome.unacknowledged()).isEmpty();
      assertThat(journal).hasSize(10).allSatisfy((s, a) -> assertThat(a.acknowledged()).isTrue());
      for (long sequence = 1; sequence <= 10; sequence++) {
        assertThat(bodies(server, sequence)).hasSize(1);
      }
    }
  }

  @Test
  void run_retryAfter_isWaitedFor() throws Exception {
    List<Long> arrivals = new CopyOnWriteArrayList<>();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              arrivals.add(io.sub30.budget.NanoClock.SYSTEM.nanoTime());
              if (arrivals.size() == 1) {
                StubServer.refuse(request, 503, "unavailable", "1");
              } else {
                StubServer.acknowledge(request, received);
              }
            })) {
      ReplayReport report = run(plan(server, 10).withConnections(1)).report();

      assertThat(report.ok()).isEqualTo(1);
      assertThat(arrivals.get(1) - arrivals.get(0)).isGreaterThanOrEqualTo(990_000_000L);
    }
  }

  @Test
  void run_serverSaysNo_isRefusedAtOnceAndKept() throws Exception {
    try (StubServer server =
        new StubServer(
            (request, received) -> StubServer.refuse(request, 401, "token_expired", null))) {
      ReplayOutcome outcome = run(plan(server, 30).withConnections(1));

      assertThat(outcome.report().refused()).isEqualTo(3);
      assertThat(outcome.report().retried()).isZero();
      assertThat(outcome.report().clean()).isFalse();
      assertThat(outcome.unacknowledged()).hasSize(3);
      assertThat(outcome.firstFailure()).map(Answer::code).contains("token_expired");
    }
  }

  @Test
  void resend_unacknowledgedOfALostServer_sendsTheSameBytes() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    Set<Long> acknowledgedFirst = ConcurrentHashMap.newKeySet();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              int n = seen.incrementAndGet();
              if (n > 3 && n <= 10) {
                request.connection().close();
                return;
              }
              if (n <= 3) {
                acknowledgedFirst.add(received.asBatch().getSequence());
              }
              StubServer.acknowledge(request, received);
            })) {
      ReplayPlan plan =
          plan(server, 100).withConnections(1).withInFlight(1).withRetries(RetryPolicy.none());
      Replay replay = new Replay(plan, ReplayListener.NONE);

      ReplayOutcome first = StubServer.await(replay.run());
      ReplayOutcome second = StubServer.await(replay.resend(first.unacknowledged()));

      assertThat(acknowledgedFirst).containsExactlyInAnyOrder(1L, 2L, 3L);
      assertThat(first.report().ok()).isEqualTo(3);
      assertThat(first.report().errors()).isEqualTo(7);
      assertThat(second.report().ok()).isEqualTo(7);
      assertThat(second.unacknowledged()).isEmpty();
      for (long sequence = 1; sequence <= 10; sequence++) {
        assertThat(bodies(server, sequence)).hasSize(1);
      }
    }
  }

  @Test
  void run_serverStallsHalfASecondOnce_isChargedToEveryBatchDueMeanwhile() throws Exception {
    AtomicInteger seen = new AtomicInteger();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              if (seen.incrementAndGet() == 100) {
                stall(500);
              }
              StubServer.acknowledge(request, received);
            })) {
      ReplayPlan plan =
          plan(server, 8_000)
              .withConnections(4)
              .withPace(new Pace.Rate(400))
              .withLength(Duration.ofSeconds(2));

      ReplayReport report = run(plan).report();

      assertThat(report.sent()).isEqualTo(800);
      assertThat(report.ok()).isEqualTo(800);
      // 200 of 800 batches were due while the server stood still, their latencies 500 ms down to 0:
      // a closed loop would have
      // sent 4 and shown them in the last half percent.
      assertThat(report.latency().max()).isGreaterThanOrEqualTo(480_000);
      assertThat(report.latency().p99()).isGreaterThan(400_000);
      assertThat(report.latency().p95()).isGreaterThan(300_000);
    }
  }

  @Test
  void run_inFlightBoundReached_batchesWaitWithTheirLatencyRunning() throws Exception {
    AtomicInteger unanswered = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (StubServer server =
        new StubServer(
            (request, received) -> {
              most.accumulateAndGet(unanswered.incrementAndGet(), Math::max);
              io.vertx.core.Vertx.currentContext()
                  .owner()
                  .setTimer(
                      50,
                      later -> {
                        unanswered.decrementAndGet();
                        StubServer.acknowledge(request, received);
                      });
            })) {
      ReplayPlan plan =
          plan(server, 200).withConnections(1).withInFlight(2).withPace(new Pace.Rate(1_000));

      ReplayReport report = run(plan).report();

      assertThat(report.ok()).isEqualTo(20);
      assertThat(most).hasValue(2);
      // Ten pairs of 50 ms, all of them due within the first 20 ms.
      assertThat(report.latency().max()).isGreaterThan(450_000);
    }
  }

  @Test
  void stop_loopingReplay_endsWithEverythingAnswered() throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      List<Replay> self = new CopyOnWriteArrayList<>();
      AtomicInteger answers = new AtomicInteger();
      ReplayListener stopper =
          new ReplayListener() {
            @Override
            public void answered(String terminal, long sequence, Answer answer) {
              if (answers.incrementAndGet() == 50) {
                self.get(0).stop();
              }
            }
          };
      Replay replay =
          new Replay(plan(server, 40).withLoop(true).withPace(new Pace.Rate(1_000)), stopper);
      self.add(replay);

      ReplayReport report = StubServer.await(replay.run()).report();

      assertThat(report.sent()).isGreaterThanOrEqualTo(50);
      assertThat(report.ok()).isEqualTo(report.sent());
    }
  }

  @Test
  void run_ticksCannotBeRead_fails() throws Exception {
    try (StubServer server = new StubServer(StubServer::acknowledge)) {
      TickSupply broken =
          () -> {
            throw new IOException("no such file: x.zip");
          };

      assertThatThrownBy(() -> run(ReplayPlan.of(server.uri(), List.of("x"), broken)))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("x.zip");
    }
  }

  private static void stall(long millis) {
    io.sub30.budget.NanoClock clock = io.sub30.budget.NanoClock.SYSTEM;
    long end = clock.nanoTime() + millis * 1_000_000;
    for (long left = end - clock.nanoTime(); left > 0; left = end - clock.nanoTime()) {
      java.util.concurrent.locks.LockSupport.parkNanos(left);
    }
  }

  private static Set<Buffer> bodies(StubServer server, long sequence) {
    Set<Buffer> bodies = ConcurrentHashMap.newKeySet();
    for (StubServer.Received one : server.received) {
      if (one.asBatch().getSequence() == sequence) {
        bodies.add(one.body());
      }
    }
    return bodies;
  }

  private static ReplayListener journal(Map<Long, Answer> journal) {
    return new ReplayListener() {
      @Override
      public void answered(String terminal, long sequence, Answer answer) {
        journal.put(sequence, answer);
      }
    };
  }

  private static ReplayPlan plan(StubServer server, int ticks) {
    return ReplayPlan.of(server.uri(), List.of("tok"), ticks(ticks)).withBatch(10);
  }

  private static ReplayOutcome run(ReplayPlan plan) throws Exception {
    return run(plan, ReplayListener.NONE);
  }

  private static ReplayOutcome run(ReplayPlan plan, ReplayListener listener) throws Exception {
    return StubServer.await(new Replay(plan, listener).run());
  }

  private static TickSupply ticks(int count) {
    return () ->
        new TickSupply.Ticks() {
          private int next;

          @Override
          public @Nullable Tick next() {
            if (next == count) {
              return null;
            }
            next++;
            return Tick.newBuilder()
                .setSymbol("EURUSD")
                .setTimeMsc(next)
                .setBid(1.1)
                .setAsk(1.2)
                .build();
          }

          @Override
          public void close() {}
        };
  }
}
