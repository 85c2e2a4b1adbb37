package io.sub30.gateway;

import static io.sub30.gateway.Api.PROTOBUF;
import static io.sub30.gateway.Submissions.acknowledged;
import static io.sub30.gateway.Submissions.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps the path warm while no client sends: it beats, leaves no trace, and gives way. */
final class PulseIT {

  @TempDir static Path data;
  private static RunningNode server;

  @BeforeAll
  static void start() throws Exception {
    // Whether clients send does not depend on what is judged of it.
    server = RunningNode.start(data, Map.of("node.pulse", "20ms", "budget.mode", "off"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static long beats(String outcome) {
    try {
      String line = "sub30_pulse_seconds_count{outcome=\"" + outcome + "\"} ";
      return server
          .ops("/metrics")
          .body()
          .toString()
          .lines()
          .filter(each -> each.startsWith(line))
          .mapToLong(each -> (long) Double.parseDouble(each.substring(line.length())))
          .sum();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void beats_whileNobodySends_leaveNoTrace() throws Exception {
    // Whatever the other test has sent.
    Map<String, Long> rows = server.rows(null);
    Object budget = server.ops("/budget").json().getValue("tiers");
    long before = beats("answered");

    // Known terminals and newcomers, in both encodings.
    await().atMost(Duration.ofSeconds(20)).until(() -> beats("answered") >= before + 40);

    assertThat(server.rows(null)).isEqualTo(rows);
    assertThat(server.ops("/budget").json().getValue("tiers")).isEqualTo(budget);
    assertThat(server.ops("/metrics").body().toString()).doesNotContain("~");
  }

  @Test
  void beats_whileAClientSends_giveWay() throws Exception {
    String token = server.token("busy");
    int sequence = 1;
    try (Api api = server.api(HttpVersion.HTTP_2)) {
      acknowledged(api, token, batch("t", sequence, 20), PROTOBUF);
      long before = beats("answered");
      for (long end = System.nanoTime() + 2_000_000_000L; System.nanoTime() < end; ) {
        acknowledged(api, token, batch("t", ++sequence, 20), PROTOBUF);
      }
      // Of a hundred that would have been due; one now and then, when the machine is slow.
      assertThat(beats("answered") - before).as("with %s batches", sequence).isLessThan(25);
    }
    assertThat(server.batches("busy")).isEqualTo(sequence);
  }
}
