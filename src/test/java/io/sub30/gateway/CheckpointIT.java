package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.v1.TickResult;
import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a cell's state is saved though its bounds of batches and ticks are far. */
class CheckpointIT {

  private static final String SAVED = "cell_checkpoints where tenant = ? and ordinal = 3";

  @TempDir private Path data;

  @Test
  void stop_inOrder_savesEveryCellSoThatTheNextStartRebuildsNone() throws Exception {
    try (RunningNode server = RunningNode.start(data, Map.of());
        Api api = server.api(HttpVersion.HTTP_2)) {
      for (String tenant : List.of("acme", "beta")) {
        for (int sequence = 1; sequence <= 3; sequence++) {
          acknowledged(api, server.token(tenant), batch("t", sequence, 5), PROTOBUF);
        }
        assertThat(server.count(SAVED, tenant)).as("far from its bounds").isZero();
      }
    }
    try (RunningNode server = RunningNode.start(data, Map.of());
        Api api = server.api(HttpVersion.HTTP_2)) {
      for (String tenant : List.of("acme", "beta")) {
        assertThat(server.count(SAVED, tenant)).isEqualTo(1);
        String token = server.token(tenant);
        TickResult next = acknowledged(api, token, batch("t", 4, 5), PROTOBUF).result();
        assertThat(next.getDuplicate()).isFalse();
        assertThat(acknowledged(api, token, batch("t", 3, 5), PROTOBUF).result().getDuplicate())
            .as("the marks were saved with it")
            .isTrue();
      }
    }
  }

  @Test
  void cell_nothingCameForAWhile_isSaved() throws Exception {
    try (RunningNode server = RunningNode.start(data, Map.of("gateway.checkpoint_idle", "1s"));
        Api api = server.api(HttpVersion.HTTP_2)) {
      String token = server.token("acme");
      for (int sequence = 1; sequence <= 3; sequence++) {
        acknowledged(api, token, batch("t", sequence, 5), PROTOBUF);
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> server.count(SAVED, "acme") == 1);
      assertThat(acknowledged(api, token, batch("t", 4, 5), PROTOBUF).result().getDuplicate())
          .isFalse();
    }
  }
}
