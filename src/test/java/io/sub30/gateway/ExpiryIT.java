package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.gateway.Api.Reply;
import io.sub30.v1.TickResult;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a client sees of a sequence that has expired, and of those that have not; and that a cell
 * whose past is gone goes on as one whose past is there. The clock is the machine's, so the rows
 * are made older instead.
 */
@Tag("long")
class ExpiryIT {

  /** The two tenants have the same state of one moment after those that were compared above. */
  private static final String SAVED_ALIKE =
      "cell_checkpoints a join cell_checkpoints b using (ordinal, bridge_state, trading_state)"
          + " where a.ordinal >= 15 and b.tenant = 'beta' and a.tenant = ?";

  @TempDir private Path data;

  @Test
  void submit_expiredSequence_is409AndTheCellGoesOnAsBefore() throws Exception {
    try (RunningNode server = RunningNode.start(data, Map.of("gateway.checkpoint_batches", "4"))) {
      try (Api api = server.api(HttpVersion.HTTP_2)) {
        for (String tenant : List.of("acme", "beta")) {
          for (int sequence = 1; sequence <= 10; sequence++) {
            acknowledged(api, server.token(tenant), batch("t", sequence, 5), PROTOBUF);
          }
          Awaitility.await()
              .atMost(Duration.ofSeconds(20))
              .until(
                  () ->
                      server.count("cell_checkpoints where ordinal >= 8 and tenant = ?", tenant)
                          > 0);
        }
      }
      RunningNode.await(server.node.storage().caughtUp());
      server.execute("update tick_batches set received_msc = received_msc - 2 * 86400000");
    }
    try (RunningNode server =
            RunningNode.start(
                data,
                Map.of("retention.intake_tenants", "acme=1d", "gateway.checkpoint_batches", "4"));
        Api api = server.api(HttpVersion.HTTP_2)) {
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.batches("acme") == 0);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(detail(server)).contains("last run", "10 batches, 10 keys"));

      String token = server.token("acme");
      Reply expired = submit(api, token, 1);
      assertThat(expired.status()).isEqualTo(409);
      assertThat(expired.code()).isEqualTo("sequence_expired");
      assertThat(submit(api, token, 10).status()).as("the tail, saved by the stop").isEqualTo(409);
      assertThat(server.count("batch_keys where tenant = ?", "acme")).isZero();
      assertThat(server.count("retained_marks where tenant = ?", "acme")).isEqualTo(1);
      String other = server.token("beta");
      assertThat(acknowledged(api, other, batch("t", 1, 5), PROTOBUF).result().getDuplicate())
          .isTrue();
      assertThat(server.batches("beta")).isEqualTo(10);
      assertThat(server.count("retained_marks where tenant = ?", "beta")).isZero();
      for (int sequence = 11; sequence <= 18; sequence++) {
        TickResult one = acknowledged(api, token, batch("t", sequence, 5), PROTOBUF).result();
        TickResult two = acknowledged(api, other, batch("t", sequence, 5), PROTOBUF).result();
        assertThat(one.getDuplicate()).isFalse();
        assertThat(one.getAccepted()).isEqualTo(two.getAccepted()).isEqualTo(5);
        assertThat(one.getSignalsList()).isEqualTo(two.getSignalsList());
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> server.count(SAVED_ALIKE, "acme") == 1);
      assertThat(server.ops("/metrics").body().toString())
          .contains("sub30_retention_removed_rows_total{rows=\"keys\",store=\"postgres\"} 10.0");
    }
  }

  /** Until there was time for it. */
  private static Reply submit(Api api, String token, long sequence) throws Exception {
    Reply reply = api.submit(token, batch("t", sequence, 5), Api.JSON);
    for (int i = 1; i < Submissions.ATTEMPTS && reply.status() >= 500; i++) {
      reply = api.submit(token, batch("t", sequence, 5), Api.JSON);
    }
    return reply;
  }

  private static String detail(RunningNode server) throws Exception {
    for (Object item : server.ops("/health/ready").json().getJsonArray("checks")) {
      if (((JsonObject) item).getString("name").equals("retention")) {
        return ((JsonObject) item).encode();
      }
    }
    return "no check named retention";
  }
}
