package io.sub30.gateway.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.ingress.TickStream;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Budget;
import io.sub30.v1.Degraded;
import io.sub30.v1.HopSpend;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.Prediction;
import io.sub30.v1.RecordedSignal;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.TickResult;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TickResultJsonTest {
  private static final Signal SIGNAL =
      Signal.newBuilder()
          .setId("s-1")
          .setSymbol("A\"\\\n£")
          .setSide(Side.SELL)
          .setConfidence(0.75)
          .setEntry(1.0831)
          .setStop(1.09)
          .setTarget(1.07)
          .setSize(0.1)
          .setStrategy("breakout")
          .addReasons("trend")
          .build();
  private static final String SIGNAL_FIELDS =
      "\"id\":\"s-1\",\"symbol\":\"A\\\"\\\\\\n"
          + "£\",\"side\":\"SELL\",\"confidence\":0.75,\"entry\":1.0831,\"stop\":1.09,"
          + "\"target\":1.07,\"size\":0.1,\"strategy\":\"breakout\",\"reasons\":[\"trend\"]";

  private static String text(JsonBody body) {
    return new String(body.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void bytes_nothingSet_printsEveryDefault() {
    assertThat(text(new TickResultJson(TickResult.getDefaultInstance())))
        .isEqualTo(
            "{\"request_id\":\"\",\"tenant\":\"\",\"tier\":\"\",\"sequence\":0,\"duplicate\":false,\"durable\":false,"
                + "\"accepted\":0,\"rejected\":[],\"predictions\":[],\"signals\":[],\"degraded\":[],"
                + "\"budget\":{\"total_us\":0,\"spent_us\":0,\"hops\":[]}}");
  }

  @Test
  void bytes_everythingSet_followsTheContract() {
    TickResult result =
        TickResult.newBuilder()
            .setRequestId("r-1")
            .setTenant("acme")
            .setTier("pro")
            .setSequence(Long.MAX_VALUE)
            .setDuplicate(true)
            .setDurable(true)
            .setAccepted(-1)
            .addRejected(RejectedTick.newBuilder().setIndex(3).setReason("crossed"))
            .addPredictions(
                Prediction.newBuilder()
                    .setSymbol("EURUSD")
                    .setPUp(0.5)
                    .setPDown(0.25)
                    .setPExceedsCost(1e-7)
                    .setVolatility(Double.NaN)
                    .setHorizonS(60)
                    .setModel("m/1")
                    .setSource("full")
                    .setAsOfMsc(1))
            .addSignals(SIGNAL)
            .addDegraded(
                Degraded.newBuilder()
                    .setHop("ml_processing")
                    .setReason("budget")
                    .setAsOfMsc(2)
                    .setAgeMs(3))
            .setBudget(
                Budget.newBuilder()
                    .setTotalUs(30_000)
                    .setSpentUs(900)
                    .addHops(
                        HopSpend.newBuilder()
                            .setHop("data_bridge")
                            .setBudgetUs(3_000)
                            .setWaitUs(2)
                            .setServiceUs(40)
                            .setOutcome("ok")))
            .build();

    assertThat(text(new TickResultJson(result)))
        .isEqualTo(
            "{\"request_id\":\"r-1\",\"tenant\":\"acme\",\"tier\":\"pro\",\"sequence\":9223372036854775807,"
                + "\"duplicate\":true,\"durable\":true,\"accepted\":4294967295,"
                + "\"rejected\":[{\"index\":3,\"reason\":\"crossed\"}],"
                + "\"predictions\":[{\"symbol\":\"EURUSD\",\"p_up\":0.5,\"p_down\":0.25,\"p_exceeds_cost\":1.0E-7,"
                + "\"volatility\":null,\"horizon_s\":60,\"model\":\"m/1\",\"source\":\"full\",\"as_of_msc\":1}],"
                + "\"signals\":[{"
                + SIGNAL_FIELDS
                + "}],\"degraded\":[{\"hop\":\"ml_processing\",\"reason\":\"budget\",\"as_of_msc\":2,\"age_ms\":3}],"
                + "\"budget\":{\"total_us\":30000,\"spent_us\":900,\"hops\":[{\"hop\":\"data_bridge\","
                + "\"budget_us\":3000,\"wait_us\":2,\"service_us\":40,\"outcome\":\"ok\"}]}}");
  }

  @Test
  void bytes_signals_areItemsNextAndSource() {
    ListSignalsResponse page =
        ListSignalsResponse.newBuilder()
            .addItems(
                RecordedSignal.newBuilder()
                    .setSignal(SIGNAL)
                    .setTerminal("desk")
                    .setSequence(5)
                    .setDecidedMsc(6))
            .setNext("abc")
            .setSource("replica:1")
            .build();

    assertThat(text(new SignalsJson(page)))
        .isEqualTo(
            "{\"items\":[{"
                + SIGNAL_FIELDS
                + ",\"terminal\":\"desk\",\"sequence\":5,\"decided_msc\":6}],\"next\":\"abc\","
                + "\"source\":\"replica:1\"}");
    assertThat(text(new SignalsJson(ListSignalsResponse.getDefaultInstance())))
        .isEqualTo("{\"items\":[],\"next\":\"\",\"source\":\"\"}");
  }

  @Property(tries = 1_000)
  void bytes_anyDouble_readsBackAsItsBits(@ForAll double value) {
    TickResult result =
        TickResult.newBuilder().addSignals(Signal.newBuilder().setEntry(value)).build();
    String json = text(new TickResultJson(result));
    int from = json.indexOf("\"entry\":") + 8;
    String written = json.substring(from, json.indexOf(',', from));

    assertThat(Double.doubleToRawLongBits(Double.parseDouble(written)))
        .isEqualTo(Double.doubleToRawLongBits(value));
  }

  @Test
  void bytes_refusalInAStream_isPrintedAlone() {
    TickResult refusal =
        TickStream.refusal(
            Problem.of(ProblemCode.RATE_LIMITED, "wait", "r-1").withRetryAfterMillis(640), 7);

    assertThat(text(new TickResultJson(refusal)))
        .isEqualTo(
            "{\"request_id\":\"r-1\",\"sequence\":7,\"refusal\":{\"code\":\"rate_limited\","
                + "\"status\":429,\"detail\":\"wait\",\"retry_after_ms\":640}}");
  }

  @Test
  void bytes_problem_followsRfc9457() {
    Problem plain = Problem.of(ProblemCode.TOKEN_EXPIRED, "it \"ended\"", "r-1");

    assertThat(text(plain))
        .isEqualTo(
            "{\"type\":\"urn:sub30:problem:token_expired\",\"title\":\"The token has"
                + " expired\",\"status\":401,\"detail\":\"it"
                + " \\\"ended\\\"\",\"code\":\"token_expired\",\"request_id\":\"r-1\"}");
    assertThat(text(plain.withRetryAfter(2).withBudget(Budget.newBuilder().setTotalUs(1).build())))
        .endsWith(
            "\"request_id\":\"r-1\",\"retry_after_s\":2,\"retry_after_ms\":2000,\"budget\":{\"total_us\":1,\"spent_us\":0,\"hops\":[]}}");
  }
}
