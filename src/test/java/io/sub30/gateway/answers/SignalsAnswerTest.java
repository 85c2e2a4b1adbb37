package io.sub30.gateway.answers;

import static org.assertj.core.api.Assertions.assertThat;

import io.sub30.budget.RequestOutcome;
import io.sub30.v1.ListSignalsResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsAnswerTest {

  @ParameterizedTest
  @CsvSource({"0,0", "999,0", "1000,1", "59999,59"})
  void headers_cached_tellTheAgeInWholeSecondsAndWhy(long ageMillis, String seconds) {
    SignalsAnswer answer = answer("cache", ageMillis);
    assertThat(headers(answer))
        .containsExactly(
            Map.entry("age", seconds), Map.entry("cache-status", "sub30; hit; detail=budget"));
    assertThat(answer.outcome()).isEqualTo(RequestOutcome.DEGRADED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"primary", "replica:1", ""})
  void headers_fromAServer_areNone(String source) {
    SignalsAnswer answer = answer(source, 1_500);
    assertThat(headers(answer)).isEmpty();
    assertThat(answer.outcome()).isEqualTo(RequestOutcome.OK);
  }

  private static SignalsAnswer answer(String source, long ageMillis) {
    return new SignalsAnswer(
        ListSignalsResponse.newBuilder().setSource(source).setAgeMs(ageMillis).build());
  }

  private static Map<String, String> headers(SignalsAnswer answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    answer.headers(headers::put);
    return headers;
  }
}
