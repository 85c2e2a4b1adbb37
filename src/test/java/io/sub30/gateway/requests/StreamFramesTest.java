package io.sub30.gateway.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sub30.gateway.answers.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFramesTest {

  private static List<String> cut(MediaType type, int chunk, byte[] body) throws Exception {
    StreamFrames frames = new StreamFrames(type, 300);
    List<String> messages = new ArrayList<>();
    for (int at = 0; at < body.length; at += chunk) {
      frames.add(Arrays.copyOfRange(body, at, Math.min(body.length, at + chunk)));
      for (byte[] next = frames.next(); next != null; next = frames.next()) {
        messages.add(new String(next, StandardCharsets.US_ASCII));
      }
    }
    byte[] rest = frames.rest();
    if (rest != null) {
      messages.add(new String(rest, StandardCharsets.US_ASCII));
    }
    return messages;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void next_linesInAnyPieces_areTheSame(int chunk) throws Exception {
    String longest = "x".repeat(300);
    assertThat(cut(MediaType.JSON, chunk, bytes("a\n\r\n \nbc\n" + longest + "\nd")))
        .containsExactly("a", "bc", longest, "d");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1_000})
  void next_delimitedInAnyPieces_areTheSame(int chunk) throws Exception {
    String longest = "x".repeat(300);
    // 300 is 0xAC 0x02 as a varint.
    assertThat(cut(MediaType.PROTOBUF, chunk, bytes("\u0001a\u0000\u0002bc\u00ac\u0002" + longest)))
        .containsExactly("a", "", "bc", longest);
  }

  @Test
  void next_aByteTooMany_isTooLargeBeforeItIsThere() {
    assertBroken(MediaType.JSON, bytes("x".repeat(301)), ProblemCode.TOO_LARGE);
    assertBroken(MediaType.PROTOBUF, bytes("\u00ad\u0002"), ProblemCode.TOO_LARGE);
    assertBroken(
        MediaType.PROTOBUF, bytes("\u00ff\u00ff\u00ff\u00ff\u000f"), ProblemCode.TOO_LARGE);
  }

  @Test
  void next_lengthOfMoreThan32Bits_isMalformed() {
    assertBroken(
        MediaType.PROTOBUF, bytes("\u00ff\u00ff\u00ff\u00ff\u00ff\u0001"), ProblemCode.MALFORMED);
  }

  @Test
  void rest_withinAMessage_isMalformed() {
    assertBroken(MediaType.PROTOBUF, bytes("\u0005abc"), ProblemCode.MALFORMED);
  }

  private static void assertBroken(MediaType type, byte[] body, ProblemCode code) {
    assertThatThrownBy(() -> cut(type, 1_000, body))
        .isInstanceOfSatisfying(
            UnreadableMessage.class, broken -> assertThat(broken.code()).isEqualTo(code));
  }
}
