package io.sub30.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.v1.Side;
import io.sub30.v1.TickResult;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMessagesTest {
  @Test
  void read_wholeResult_fillsEveryPart() throws Exception {
    TickResult result =
        read(
            """
            {"request_id":"r1","tenant":"acme","tier":"pro","sequence":"9007199254740993",
             "duplicate":true,"durable":true,"accepted":19,
             "rejected":[{"index":4,"reason":"crossed"}],
             "predictions":[{"symbol":"EURUSD","p_up":0.25,"p_down":1,"horizon_s":60,
                             "source":"full","as_of_msc":1400000000123}],
             "signals":[{"id":"s","side":"SELL","confidence":0.7,"reasons":["a","b"]}],
             "degraded":[{"hop":"ml_processing","reason":"budget","age_ms":12}],
             "budget":{"total_us":30000,"spent_us":1200,
                       "hops":[{"hop":"api_gateway","wait_us":3,"outcome":"ok"}]},
             "from_a_newer_server":{"x":[1,{"y":null}]}, "also":[[1],2]}
            """);

    assertThat(result.getSequence()).isEqualTo(9007199254740993L);
    assertThat(result.getDuplicate()).isTrue();
    assertThat(result.getDurable()).isTrue();
    assertThat(result.getAccepted()).isEqualTo(19);
    assertThat(result.getRejected(0).getReason()).isEqualTo("crossed");
    assertThat(result.getPredictions(0).getPDown()).isEqualTo(1.0);
    assertThat(result.getPredictions(0).getAsOfMsc()).isEqualTo(1400000000123L);
    assertThat(result.getSignals(0).getSide()).isEqualTo(Side.SELL);
    assertThat(result.getSignals(0).getReasonsList()).containsExactly("a", "b");
    assertThat(result.getDegraded(0).getAgeMs()).isEqualTo(12);
    assertThat(result.getBudget().getHops(0).getWaitUs()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{\"durable\":1}",
        "{\"tenant\":5}",
        "{\"sequence\":1.5}",
        "{\"sequence\":\"x\"}",
        "{\"signals\":{}}",
        "{\"signals\":[3]}",
        "{\"signals\":[{\"side\":\"UP\"}]}",
        "{\"sequence\":92233720368547758080}"
      })
  void read_notAResult_isRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(IOException.class);
  }

  @Test
  void topLevelText_problem_takesTextMembersOnly() {
    assertThat(
            JsonMessages.topLevelText(
                "{\"status\":503,\"code\":\"store\",\"x\":{\"code\":\"inner\"},\"detail\":\"d\"}"
                    .getBytes(UTF_8)))
        .containsOnly(
            org.assertj.core.api.Assertions.entry("code", "store"),
            org.assertj.core.api.Assertions.entry("detail", "d"));
  }

  @Test
  void topLevelText_htmlPage_isEmpty() {
    assertThat(JsonMessages.topLevelText("<html>".getBytes(UTF_8))).isEmpty();
  }

  private static TickResult read(String text) throws IOException {
    TickResult.Builder result = TickResult.newBuilder();
    JsonMessages.read(text.getBytes(UTF_8), result);
    return result.build();
  }
}
