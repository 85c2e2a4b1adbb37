package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sub30.v1.Degraded;
import io.sub30.v1.Prediction;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.Side;
import io.sub30.v1.Signal;
import io.sub30.v1.TickResult;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally();

  @Test
  void report_acknowledgedBatch_countsItsParts() {
    TickResult result =
        TickResult.newBuilder()
            .setDurable(true)
            .setDuplicate(true)
            .setAccepted(18)
            .addRejected(RejectedTick.getDefaultInstance())
            .addRejected(RejectedTick.getDefaultInstance())
            .addPredictions(Prediction.getDefaultInstance())
            .addSignals(Signal.newBuilder().setSide(Side.HOLD))
            .addSignals(Signal.newBuilder().setSide(Side.BUY))
            .addDegraded(Degraded.getDefaultInstance())
            .addDegraded(Degraded.getDefaultInstance())
            .build();
    end(Answer.accepted(result), 1_500_000);

    ReplayReport report = tally.report(2_000_000_000L);

    assertThat(report.ok()).isEqualTo(1);
    assertThat(report.duplicate()).isEqualTo(1);
    assertThat(report.degraded()).isEqualTo(1);
    assertThat(report.acceptedTicks()).isEqualTo(18);
    assertThat(report.rejectedTicks()).isEqualTo(2);
    assertThat(report.predictions()).isEqualTo(1);
    assertThat(report.signals()).isEqualTo(1);
    assertThat(report.batchesPerSecond()).isEqualTo(0.5);
    assertThat(report.latency().max()).isBetween(1_500L, 1_501L);
    assertThat(report.byStatus()).containsOnlyKeys(200).containsEntry(200, 1L);
    assertThat(report.clean()).isTrue();
  }

  @Test
  void report_otherAnswers_areRefusedOrErrorsAndHaveNoLatency() {
    end(Answer.problem(401, "token", "", Answer.UNSAID), 1);
    end(Answer.problem(503, "store", "", Answer.UNSAID), 1);
    end(Answer.problem(504, "late", "", Answer.UNSAID), 1);
    end(Answer.problem(500, "bug", "", Answer.UNSAID), 1);
    end(Answer.none(Answer.CONNECTION, ""), 1);
    end(Answer.accepted(TickResult.getDefaultInstance()), 1);

    ReplayReport report = tally.report(1);

    assertThat(report.sent()).isEqualTo(6);
    assertThat(report.refused()).isEqualTo(3);
    assertThat(report.errors()).as("500, no answer, 200 without durable").isEqualTo(3);
    assertThat(report.ok()).isZero();
    assertThat(report.latency().max()).isZero();
    assertThat(report.clean()).isFalse();
    assertThat(tally.firstFailure()).map(Answer::status).contains(401);
  }

  @Test
  void toJson_namesAndOrder_areTheContract() throws Exception {
    end(Answer.problem(503, "store", "", Answer.UNSAID), 1);
    List<String> names = new ArrayList<>();
    try (JsonParser json = new JsonFactory().createParser(tally.report(1).toJson())) {
      assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        names.add(json.currentName());
        json.nextToken();
        json.skipChildren();
      }
    }

    assertThat(names)
        .containsExactly(
            "sent",
            "ok",
            "duplicate",
            "degraded",
            "refused",
            "errors",
            "retried",
            "accepted_ticks",
            "rejected_ticks",
            "predictions",
            "signals",
            "batches_per_s",
            "p50_us",
            "p95_us",
            "p99_us",
            "p999_us",
            "max_us",
            "pacing_p99_us",
            "by_status",
            "by_code");
    assertThat(tally.report(1).toJson()).contains("\"503\" : 1").contains("\"store\" : 1");
  }

  @Test
  void report_latencyBeyondAMinute_isHeldAtAMinute() {
    TickResult durable = TickResult.newBuilder().setDurable(true).build();
    end(Answer.accepted(durable), 3_600_000_000_000L);

    assertThat(tally.report(1).latency().max()).isBetween(60_000_000L, 60_100_000L);
  }

  private void end(Answer answer, long latencyNanos) {
    tally.offered();
    tally.attempted(answer);
    tally.finished(answer, latencyNanos);
  }
}
