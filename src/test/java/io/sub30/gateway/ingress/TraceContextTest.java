package io.sub30.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String VALID = "00-" + TRACE + "-" + SPAN + "-01";

  private final TraceContext context = new TraceContext(new SplittableRandom(7));

  @Test
  void enter_valid_isANewSpanOfThatTrace() {
    String own = context.enter(VALID);

    assertThat(own).matches("00-" + TRACE + "-[0-9a-f]{16}-01").doesNotContain(SPAN);
    assertThat(context.enter(VALID)).isNotEqualTo(own);
  }

  @Test
  void enter_nothing_isANewTraceEachTimeThatNobodySamples() {
    Set<String> traces = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      // One that was sampled before must leave nothing behind.
      context.enter(VALID);
      String own = context.enter((String) null);
      assertThat(own).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(TRACE);
      traces.add(own.substring(3, 35));
    }
    assertThat(traces).hasSize(1_000);
  }

  @ParameterizedTest
  @CsvSource({"00,0", "01,1", "02,2", "03,3", "09,1", "ff,3", "80,0", "0c,0"})
  void enter_flags_areHandedOnIfTheyAreKnown(String given, String kept) {
    assertThat(context.enter("00-" + TRACE + "-" + SPAN + "-" + given)).endsWith("-0" + kept);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "-more", "-x-y"})
  void enter_laterVersion_isReadAsFarAsItIsKnown(String rest) {
    assertThat(context.enter("cc" + VALID.substring(2))).startsWith("00-" + TRACE);
    assertThat(context.enter("01" + VALID.substring(2) + rest)).startsWith("00-" + TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "CC-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bg-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
        "00-4bf92f3577b34da6a3ce929d0e0e473\u0663-00f067aa0ba902b7-01"
      })
  void enter_invalid_isANewTrace(String given) {
    assertThat(context.enter(given))
        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
        .doesNotContain(TRACE);
  }

  @Test
  void enter_severalHeaders_isANewTrace() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    assertThat(context.enter(headers)).doesNotContain(TRACE);
    headers.add("Traceparent", VALID);
    assertThat(context.enter(headers)).contains(TRACE);
    headers.add("traceparent", VALID);
    assertThat(context.enter(headers)).doesNotContain(TRACE);
  }
}
