package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.config.FaultSpec;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultControlTest {

  private final Vertx vertx = Vertx.vertx();
  private final Faults faults = Faults.of(vertx, 1);
  private final FaultControl control = new FaultControl(faults);

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void change_setsAndClearsWhatItNames() {
    faults.set(FaultPoint.REDIS, FaultSpec.parse("delay=1ms"));
    faults.set(FaultPoint.POSTGRES, FaultSpec.parse("delay=2ms"));

    Answer answer = control.change(Buffer.buffer("{\"ml\": \"delay=50ms\", \"redis\": \"\"}"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body().toString())
        .isEqualTo(
            "{\"data_bridge\":\"\",\"ml\":\"delay=50ms\",\"trading\":\"\",\"database\":\"\","
                + "\"postgres\":\"delay=2ms\",\"replica\":\"\",\"redis\":\"\",\"columnar\":\"\"}");
    assertThat(control.show().body()).isEqualTo(answer.body());
    assertThat(control.change(Buffer.buffer("{}")).body()).isEqualTo(answer.body());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | expected a JSON object of points and texts, like {\"ml\": \"delay=50ms\"}",
        "ml=delay=50ms | expected a JSON object",
        "[\"ml\"] | expected a JSON object",
        "null | expected a JSON object",
        "{\"ml\": 50} | expected a JSON object of points and texts",
        "{\"ml\": null} | expected a JSON object of points and texts",
        "{\"ml\": {\"delay\": \"50ms\"}} | expected a JSON object of points and texts",
        "{\"ml\": \"fail=1\" | expected a JSON object",
        "{\"ml\": \"fail=1\"} x | expected a JSON object",
        "{\"ml\": \"fail=1\"}{} | expected a JSON object",
        "{/* */\"ml\": \"fail=1\"} | expected a JSON object",
        "{\"ml\": \"fail=1\", \"ml\": \"\"} | Duplicate field 'ml'",
        "{\"mll\": \"fail=1\"} | there is no point mll; there are data_bridge, ml, trading,"
            + " database",
        "{\"ml\": \"delay=50\"} | ml is delay=50: delay is 50, it must be a duration with a unit",
        "{\"ml\": \"delay=50\"} | it must be empty or a fault like delay=50ms or delay=50ms,dist",
        "{\"ml\": \"fail=1\", \"redis\": \"x\"} | redis is x: 'x' is none of delay=, distribution=",
      })
  void change_nonsense_isAProblemAndChangesNothing(String body, String why) {
    faults.set(FaultPoint.TRADING, FaultSpec.parse("delay=1ms"));
    var before = faults.describe();

    Answer answer = control.change(Buffer.buffer(body));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.contentType()).isEqualTo("application/problem+json");
    JsonObject problem = answer.body().toJsonObject();
    assertThat(problem.getString("code")).isEqualTo("malformed");
    assertThat(problem.getString("detail")).contains(why);
    assertThat(faults.describe()).isEqualTo(before);
  }

  @Test
  void off_isNotFoundAndSaysHowToEnable() {
    FaultControl off = new FaultControl(Faults.off());

    for (Answer answer :
        new Answer[] {off.show(), off.change(Buffer.buffer("{\"ml\": \"fail=1\"}"))}) {
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body().toJsonObject().getString("detail"))
          .contains("faults.enabled: true")
          .contains("SUB30_FAULTS_ENABLED=true")
          .contains("preset production refuses");
    }
    assertThat(Faults.off().describe().values()).containsOnly("");
  }
}
