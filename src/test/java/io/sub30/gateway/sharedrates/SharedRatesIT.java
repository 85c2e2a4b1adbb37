package io.sub30.gateway.sharedrates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sub30.budget.BreakerLimits;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Tier;
import io.sub30.bus.Faults;
import io.sub30.config.RateConfig;
import io.sub30.config.RatesConfig;
import io.sub30.gateway.rates.RateDecision;
import io.sub30.gateway.rates.RateLimits;
import io.sub30.node.TestServers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rates of two processes and one Redis, each process as one loop. */
class SharedRatesIT {

  private static final int PER_SECOND = 20;
  private static final int BURST = 10;

  /** Enough for a machine that is busy: Redis is given up on after 5 ms, and that is counted. */
  private static final BreakerLimits BREAKER =
      new BreakerLimits(10_000_000_000L, 20, 50, 100, 1_000_000_000, 100, 1);

  @TempDir private static Path data = Path.of("");
  private static TestServers.Server server;
  private static Vertx vertx;
  private static Redis direct;

  private Process one;
  private Process other;

  /** What one process has of this. */
  private static final class Process {
    private final Context loop = vertx.getOrCreateContext();
    private final RateLimits limits =
        new RateLimits(
            new RatesConfig(
                new RateConfig(PER_SECOND, BURST, Duration.ZERO),
                new RateConfig(3, 7, Duration.ZERO),
                new RateConfig(1, 1, Duration.ZERO),
                1,
                1,
                100,
                2),
            NanoClock.SYSTEM);
    private final SharedRates rates;

    Process() throws Exception {
      rates =
          on(
              () ->
                  Future.succeededFuture(
                      new SharedRates(vertx, limits, server.uri(), BREAKER, Faults.off())));
      on(rates::rehearse);
    }

    private boolean isShared() throws Exception {
      long before = limits.decidedAlone();
      ask("asks-" + System.nanoTime(), Tier.ENTERPRISE);
      return limits.decidedAlone() == before;
    }

    RateDecision ask(String tenant, Tier tier) throws Exception {
      RateDecision own = limits.take(tenant, tier);
      return own.granted() ? on(() -> rates.confirm(tenant, tier)) : own;
    }

    private <T> T on(Callable<Future<T>> step) throws Exception {
      Promise<T> done = Promise.promise();
      loop.runOnContext(
          go -> {
            try {
              step.call().onComplete(done);
            } catch (Exception e) {
              done.fail(e);
            }
          });
      return done.future().await(10, TimeUnit.SECONDS);
    }
  }

  @BeforeAll
  static void startServer() {
    server = TestServers.redis(data, 0);
    vertx = Vertx.vertx();
    direct = Redis.createClient(vertx, server.uri().toString());
  }

  @AfterAll
  static void stopServer() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
    server.close();
  }

  @BeforeEach
  void start() throws Exception {
    one = new Process();
    other = new Process();
  }

  @AfterEach
  void stop() throws Exception {
    one.on(one.rates::close);
    other.on(other.rates::close);
  }

  private static Response redis(Command command, Object... arguments) throws Exception {
    Request request = Request.cmd(command);
    for (Object argument : arguments) {
      request.arg(String.valueOf(argument));
    }
    return direct.send(request).await(10, TimeUnit.SECONDS);
  }

  /** Both ask all the time: together they get the rate, and neither is left out for ever. */
  @Test
  void confirm_twoProcesses_letInTheRateOnceAltogether() throws Exception {
    long began = System.nanoTime();
    int[] granted = new int[2];
    while (System.nanoTime() - began < 2_000_000_000L) {
      for (Process process : List.of(one, other)) {
        if (process.ask("both", Tier.FREE).granted()) {
          granted[process == one ? 0 : 1]++;
        }
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    int all = granted[0] + granted[1];
    assertThat((double) all).isLessThanOrEqualTo(BURST + PER_SECOND * seconds);
    assertThat((double) all).isGreaterThan(0.9 * (BURST + PER_SECOND * seconds));
    assertThat(granted).doesNotContain(0);
  }

  @Test
  void confirm_burstSpentElsewhere_isRefusedHereAndThenWithoutAskingRedis() throws Exception {
    for (int left = 6; left >= 0; left--) {
      RateDecision decision = one.ask("spent", Tier.PRO);
      assertThat(decision.granted()).isTrue();
      assertThat(decision.remaining()).isEqualTo(left);
    }
    RateDecision first = other.ask("spent", Tier.PRO);
    assertThat(first.verdict()).isEqualTo(RateDecision.Verdict.REFUSED);
    assertThat(first.retryAfterMillis()).isBetween(1, 334);
    long calls = other.rates.status().calls();
    assertThat(other.ask("spent", Tier.PRO).granted()).isFalse();
    assertThat(other.rates.status().calls()).isEqualTo(calls);

    assertThat(other.ask("fresh", Tier.PRO).remaining()).isEqualTo(6);
    assertThat(other.ask("spent", Tier.FREE).granted()).as("another tier").isTrue();
    await().atMost(Duration.ofSeconds(5)).until(() -> other.ask("spent", Tier.PRO).granted());
  }

  @Test
  void confirm_bucketInRedis_goesWhenNothingIsOwed() throws Exception {
    one.ask("brief", Tier.FREE);
    assertThat(redis(Command.PTTL, "sub30:brief:rate:free").toLong()).isBetween(1L, 50L);
    await().until(() -> redis(Command.EXISTS, "sub30:brief:rate:free").toLong() == 0);
  }

  @Test
  void confirm_whatNobodyPutThere_shutsNobodyOut() throws Exception {
    redis(Command.SCRIPT, "FLUSH");
    assertThat(one.ask("garbage", Tier.PRO).remaining()).isEqualTo(6);
    redis(Command.SET, "sub30:garbage:rate:pro", "no time at all");
    assertThat(one.ask("garbage", Tier.PRO).granted()).isTrue();
    redis(Command.SET, "sub30:later:rate:pro", "9e15");
    assertThat(one.ask("later", Tier.PRO).retryAfterMillis()).isBetween(1, 334);
    long before = one.limits.decidedAlone();
    redis(Command.RPUSH, "sub30:list:rate:pro", "a list");
    assertThat(one.ask("list", Tier.PRO).granted()).isTrue();
    assertThat(one.limits.decidedAlone()).isEqualTo(before + 1);
  }

  // Halted: it is waited for as long as Redis may take, then not at all.
  @Test
  void confirm_redisAway_eachProcessLetsInItsPartAndThenAllShareAgain() throws Exception {
    TestServers.halt(server.pid());
    try {
      int[] granted = new int[2];
      long began = System.nanoTime();
      for (int i = 0; i < 3 * BURST; i++) {
        granted[0] += one.ask("away", Tier.FREE).granted() ? 1 : 0;
        granted[1] += other.ask("away", Tier.FREE).granted() ? 1 : 0;
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      for (int each : granted) {
        assertThat((double) each).isBetween(BURST / 2.0, BURST / 2.0 + PER_SECOND / 2.0 * seconds);
      }
      RateDecision part = one.ask("once-more", Tier.FREE);
      assertThat(part.policyHeader()).isEqualTo("\"free\";q=5;w=1");
      for (int i = 0; i < 20; i++) {
        one.ask("tenant-" + i, Tier.FREE);
      }
      assertThat(one.rates.status().isClosed()).isFalse();
    } finally {
      TestServers.resume(server.pid());
    }
    await().atMost(Duration.ofSeconds(10)).until(() -> one.rates.status().isClosed());
    await().until(one::isShared);
    assertThat(one.ask("back", Tier.FREE).policyHeader()).isEqualTo("\"free\";q=10;w=1");
  }
}
