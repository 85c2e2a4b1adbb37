package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypeTest {

  @ParameterizedTest
  @CsvSource({
    "application/json, JSON",
    "Application/JSON, JSON",
    "application/json; charset=utf-8, JSON",
    "' application/json ;x', JSON",
    "application/x-protobuf, PROTOBUF",
    "application/x-protobuf;messageType=x, PROTOBUF",
    "application/protobuf, OTHER",
    "application/jsonx, OTHER",
    "text/json, OTHER",
    "'', OTHER",
    "';', OTHER"
  })
  void ofBody_isTheBareType(String header, MediaType type) {
    assertThat(MediaType.ofBody(header)).isEqualTo(type);
  }

  @Test
  void ofBody_nothing_isOther() {
    assertThat(MediaType.ofBody(null)).isEqualTo(MediaType.OTHER);
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-protobuf, PROTOBUF",
    "'text/html, Application/X-Protobuf', PROTOBUF",
    "*/*, JSON",
    "text/html, JSON",
    "'', JSON"
  })
  void ofAccept_protobufOnlyWhenAskedFor(String header, MediaType type) {
    assertThat(MediaType.ofAccept(header)).isEqualTo(type);
  }

  @Test
  void ofAccept_nothing_isJson() {
    assertThat(MediaType.ofAccept(null)).isEqualTo(MediaType.JSON);
  }
}
