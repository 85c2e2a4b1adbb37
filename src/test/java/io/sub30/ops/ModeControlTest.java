package io.sub30.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModeControlTest {

  private final ModeSwitch mode = new ModeSwitch(Mode.ENFORCE);
  private final ModeControl control = new ModeControl(mode);

  private Answer change(String body) {
    return control.change(Buffer.buffer(body));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void change_aMode_holdsFromThenOn(Mode next) {
    Answer answer = change("{\"mode\":\"" + next.label() + "\"}");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(mode.mode()).isEqualTo(next);
    assertThat(control.show().body()).isEqualTo(answer.body());
    assertThat(answer.body().toJsonObject().getString("mode")).isEqualTo(next.label());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "enforce",
        "[]",
        "{}",
        "{\"mode\":1}",
        "{\"mode\":null}",
        "{\"mode\":\"off\",\"mode\":\"off\"}",
        "{\"mode\":\"off\",\"more\":\"x\"}",
        "{\"mode\":\"off\"} {}",
        "{\"mode\":\"off\" /* so */}"
      })
  void change_notWhatIsExpected_isRefusedAndChangesNothing(String body) {
    Answer answer = change(body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toJsonObject().getString("detail"))
        .startsWith("expected a JSON object like {\"mode\": \"observe\"}");
    assertThat(mode.mode()).isEqualTo(Mode.ENFORCE);
  }

  @Test
  void change_unknownMode_namesItAndThoseThereAre() {
    Answer answer = change("{\"mode\":\"ENFORCE\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().toJsonObject().getString("detail"))
        .isEqualTo("mode is ENFORCE; it must be one of off, observe, enforce");
    assertThat(mode.mode()).isEqualTo(Mode.ENFORCE);
  }
}
