package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTimeoutTest {

  @Test
  void nanos_absent_isNoLimit() {
    assertThat(RequestTimeout.nanos(null)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource({"1, 1000000", "30, 30000000", "3600000, 3600000000000"})
  void nanos_withinTheRange_isTaken(String header, long nanos) {
    assertThat(RequestTimeout.nanos(header)).isEqualTo(nanos);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "3600001", "2147483648", "99999999999999999999", "1.5", "1 ", "x"})
  void nanos_anythingElse_isNegative(String header) {
    assertThat(RequestTimeout.nanos(header)).isNegative();
  }
}
