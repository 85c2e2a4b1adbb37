package io.sub30.client;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts the body of a stream's answer into messages: lines in JSON, messages with their length
 * before them as a varint in protobuf. Not thread-safe.
 */
final class AnswerFrames {
  /** A result of 10,000 rejected ticks with reasons stays below this. */
  private static final int ANSWER_BYTES_MAX = 4 * 1024 * 1024;

  private final Encoding encoding;
  private Buffer held = Buffer.buffer();

  AnswerFrames(Encoding encoding) {
    this.encoding = encoding;
  }

  /** A batch as a stream carries it. */
  static Buffer framed(Encoding encoding, byte[] body) {
    if (encoding == Encoding.JSON) {
      return Buffer.buffer(body.length + 1).appendBytes(body).appendByte((byte) '\n');
    }
    Buffer frame = Buffer.buffer(body.length + 5);
    int rest = body.length;
    while (rest > 127) {
      frame.appendByte((byte) (rest & 127 | 128));
      rest >>>= 7;
    }
    return frame.appendByte((byte) rest).appendBytes(body);
  }

  /**
   * The messages that are whole with that chunk.
   *
   * @throws IOException when what comes is no such body
   */
  List<byte[]> add(Buffer chunk) throws IOException {
    held.appendBuffer(chunk);
    List<byte[]> messages = new ArrayList<>();
    int from = 0;
    while (true) {
      int start = encoding == Encoding.JSON ? from : start(from);
      int end = start < 0 ? -1 : encoding == Encoding.JSON ? line(from) : start + length(from);
      if (end > held.length() || end < 0) {
        break;
      }
      messages.add(held.getBytes(start, end));
      from = encoding == Encoding.JSON ? end + 1 : end;
    }
    if (from > 0) {
      held = held.getBuffer(from, held.length());
    }
    if (held.length() > ANSWER_BYTES_MAX) {
      throw new IOException("an answer is larger than " + ANSWER_BYTES_MAX + " bytes");
    }
    return messages;
  }

  /** Where the line ends, or -1. */
  private int line(int from) {
    for (int i = from; i < held.length(); i++) {
      if (held.getByte(i) == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** Where the message begins behind its length, or -1 while the length is not whole. */
  private int start(int from) throws IOException {
    for (int i = from; i < held.length(); i++) {
      if (i - from > 4) {
        throw new IOException("an answer's length is not a varint of 32 bits");
      }
      if (held.getByte(i) >= 0) {
        return i + 1;
      }
    }
    return -1;
  }

  private int length(int from) throws IOException {
    long length = 0;
    int shift = 0;
    for (int i = from; ; i++) {
      byte part = held.getByte(i);
      length |= (long) (part & 127) << shift;
      shift += 7;
      if (part >= 0) {
        break;
      }
    }
    if (length > ANSWER_BYTES_MAX) {
      throw new IOException("an answer is larger than " + ANSWER_BYTES_MAX + " bytes");
    }
    return (int) length;
  }
}
