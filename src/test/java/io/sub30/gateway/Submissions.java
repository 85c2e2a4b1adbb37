package io.sub30.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sub30.gateway.Api.Reply;
import io.sub30.v1.Budget;
import io.sub30.v1.HopSpend;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import java.util.Set;

/** Batches as a good client sends them, and what every answer to one must satisfy. */
final class Submissions {

  /** 2026-01-05T12:00:00Z, a Monday. */
  static final long T0 = 1_767_614_400_000L;

  private static final Set<String> HOPS =
      Set.of(
          "client_gateway",
          "api_gateway",
          "data_bridge",
          "database_service",
          "ml_processing",
          "trading_engine",
          "central_hub",
          "response_assembly",
          "network_buffer",
          "unattributed");

  static final int ATTEMPTS = 8;

  private Submissions() {}

  /** Ticks of EURUSD, 100 ms apart; other sequences have other times and prices. */
  static TickBatch batch(String terminal, long sequence, int ticks) {
    TickBatch.Builder batch = TickBatch.newBuilder().setTerminal(terminal).setSequence(sequence);
    for (int i = 0; i < ticks; i++) {
      double bid = 1.1 + 0.00001 * ((sequence + i) % 7);
      batch.addTicks(
          Tick.newBuilder()
              .setSymbol("EURUSD")
              .setTimeMsc(T0 + (sequence * ticks + i) * 100)
              .setBid(bid)
              .setAsk(bid + 0.0001)
              .setFlags(6));
    }
    return batch.build();
  }

  /** Sends that batch until the server has had the time for it: on a busy machine it may not. */
  static Reply acknowledged(Api api, String token, TickBatch batch, String type) throws Exception {
    Reply reply = api.submit(token, batch, type);
    for (int i = 1; i < ATTEMPTS && (reply.status() == 503 || reply.status() == 504); i++) {
      reply = api.submit(token, batch, type);
    }
    assertThat(reply.status()).as(reply.body().toString()).isEqualTo(200);
    return reply;
  }

  /** A seeded random walk of EURUSD, a tick every 5 s or so. */
  static final class Walk {
    private final Random random = new Random(1);
    private double bid = 1.1;
    long timeMsc = T0;

    TickBatch batch(long sequence, int ticks) {
      TickBatch.Builder batch = TickBatch.newBuilder().setTerminal("t").setSequence(sequence);
      for (int i = 0; i < ticks; i++) {
        bid += 0.00001 * (random.nextInt(3) - 1);
        timeMsc += 2_000 + random.nextInt(6_000);
        batch.addTicks(
            Tick.newBuilder()
                .setSymbol("EURUSD")
                .setTimeMsc(timeMsc)
                .setBid(bid)
                .setAsk(bid + 0.00008)
                .setFlags(6));
      }
      return batch.build();
    }
  }

  static void assertBudgetAddsUp(JsonObject budget) {
    Budget.Builder read =
        Budget.newBuilder()
            .setTotalUs(budget.getLong("total_us"))
            .setSpentUs(budget.getLong("spent_us"));
    for (Object item : budget.getJsonArray("hops")) {
      JsonObject hop = (JsonObject) item;
      read.addHops(
          HopSpend.newBuilder()
              .setHop(hop.getString("hop"))
              .setWaitUs(hop.getLong("wait_us"))
              .setServiceUs(hop.getLong("service_us")));
    }
    assertBudgetAddsUp(read.build());
  }

  /** Every line is rounded down to a microsecond, so small sums are off by as many. */
  static void assertBudgetAddsUp(Budget budget) {
    assertThat(budget.getHopsList()).extracting(HopSpend::getHop).hasSameElementsAs(HOPS);
    assertThat(budget.getHopsList())
        .allSatisfy(
            hop -> {
              assertThat(hop.getWaitUs()).as(hop.getHop()).isNotNegative();
              assertThat(hop.getServiceUs()).as(hop.getHop()).isNotNegative();
            });
    long sum =
        budget.getHopsList().stream().mapToLong(hop -> hop.getWaitUs() + hop.getServiceUs()).sum();
    assertThat(budget.getSpentUs()).isPositive();
    assertThat(sum)
        .as(budget.toString())
        .isCloseTo(
            budget.getSpentUs(), within(Math.max(2L * HOPS.size(), budget.getSpentUs() / 100)));
  }
}
