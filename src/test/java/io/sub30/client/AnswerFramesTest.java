package io.sub30.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerFramesTest {
  @ParameterizedTest
  @EnumSource
  void add_whatWasFramedInAnyPieces_isTheSame(Encoding encoding) throws Exception {
    List<String> sent = List.of("a", "x".repeat(127), "y".repeat(128), "z".repeat(20_000), "b");
    Buffer body = Buffer.buffer();
    for (String message : sent) {
      body.appendBuffer(AnswerFrames.framed(encoding, message.getBytes(StandardCharsets.US_ASCII)));
    }
    for (int piece : new int[] {1, 2, 7, 4_096, body.length()}) {
      AnswerFrames frames = new AnswerFrames(encoding);
      List<String> read = new ArrayList<>();
      for (int at = 0; at < body.length(); at += piece) {
        Buffer chunk = body.getBuffer(at, Math.min(body.length(), at + piece));
        for (byte[] message : frames.add(chunk)) {
          read.add(new String(message, StandardCharsets.US_ASCII));
        }
      }
      assertThat(read).as("in pieces of %d", piece).isEqualTo(sent);
    }
  }

  @Test
  void add_aLengthBeyondTheBound_isRefused() throws Exception {
    AnswerFrames good = new AnswerFrames(Encoding.PROTOBUF);
    // 4 MiB, and a byte more.
    assertThat(good.add(Buffer.buffer(new byte[] {-128, -128, -128, 2}))).isEmpty();
    AnswerFrames bad = new AnswerFrames(Encoding.PROTOBUF);
    assertThatThrownBy(() -> bad.add(Buffer.buffer(new byte[] {-127, -128, -128, 2})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("4194304");
    AnswerFrames long64 = new AnswerFrames(Encoding.PROTOBUF);
    assertThatThrownBy(() -> long64.add(Buffer.buffer(new byte[] {-1, -1, -1, -1, -1, 1})))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("varint");
  }
}
