package io.sub30.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FaultSpecTest {

  @Test
  void parse_delayAlone_isFixedForAll() {
    assertThat(FaultSpec.parse("delay=50ms"))
        .isEqualTo(new FaultSpec(Duration.ofMillis(50), DelayDistribution.FIXED, 1, 0));
  }

  @Test
  void parse_everything_inAnyOrderAndSpaced_isTaken() {
    assertThat(FaultSpec.parse(" fail=0.1, share=.5 ,distribution=exponential,delay=1500us "))
        .isEqualTo(
            new FaultSpec(Duration.ofNanos(1_500_000), DelayDistribution.EXPONENTIAL, 0.5, 0.1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"delay=10s", "delay=0ms", "delay=10000ms", "fail=1", "fail=0", "share=0"})
  void parse_atABound_isTaken(String text) {
    String whole = text.startsWith("share") ? "delay=1ms," + text : text;
    assertThat(FaultSpec.parse(whole)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' is none of delay=, distribution=, share=, fail=",
        "50ms | '50ms' is none of delay=",
        "delay=50ms, | '' is none of delay=",
        "dely=50ms | 'dely=50ms' is none of delay=",
        "Delay=50ms | 'Delay=50ms' is none of",
        "delay=50 | delay is 50, it must be a duration with a unit (us, ms, s) from 0ms to 10s",
        "delay= | delay is , it must be a duration",
        "delay=-1ms | delay is -1ms, it must be a duration",
        "delay=10001ms | delay is 10001ms, it must be a duration with a unit (us, ms, s) from 0ms",
        "delay=999999999999h | delay is 999999999999h, it must be",
        "delay=1ms,delay=2ms | delay is given twice",
        "delay=1ms,distribution=normal | distribution is normal, it must be fixed, uniform or exp",
        "delay=1ms,distribution=FIXED | distribution is FIXED, it must be fixed",
        "distribution=uniform,fail=1 | distribution is that of a delay, but there is no delay=",
        "share=0.5 | it injects nothing without delay= or fail=",
        "delay=1ms,share=1.1 | share is 1.1, it must be a number from 0 to 1",
        "delay=1ms,share=2 | share is 2, it must be a number from 0 to 1",
        "delay=1ms,share=-0.1 | share is -0.1, it must be a number from 0 to 1",
        "delay=1ms,share=50% | share is 50%, it must be a number from 0 to 1",
        "fail=NaN | fail is NaN, it must be a number from 0 to 1",
        "fail=1e-3 | fail is 1e-3, it must be a number from 0 to 1",
        "fail=1.0000001 | fail is 1.0000001, it must be a number from 0 to 1",
      })
  void parse_nonsense_saysWhatIsWrong(String text, String why) {
    assertThatThrownBy(() -> FaultSpec.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delay=50ms",
        "delay=1500us",
        "delay=10s",
        "delay=0ms",
        "fail=0.1",
        "delay=0ms,share=0",
        "share=0.000001,fail=1",
        "delay=50ms,distribution=uniform",
        "delay=50ms,distribution=exponential,share=0.5,fail=0.1"
      })
  void text_ofWhatWasParsed_isTheSameInShort(String text) {
    assertThat(FaultSpec.parse(text).text()).isEqualTo(text);
    assertThat(FaultSpec.parse(FaultSpec.parse(text).text())).isEqualTo(FaultSpec.parse(text));
  }

  @Test
  void new_outOfRange_isRefused() {
    assertThatThrownBy(
            () -> new FaultSpec(Duration.ofMillis(10_001), DelayDistribution.FIXED, 1, 0))
        .hasMessage("delay is PT10.001S, it must be from 0 to PT10S");
    assertThatThrownBy(() -> new FaultSpec(Duration.ofMillis(-1), DelayDistribution.FIXED, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FaultSpec(Duration.ZERO, DelayDistribution.FIXED, Double.NaN, 0))
        .hasMessage("share is NaN, it must be a number from 0 to 1");
  }
}
