package io.sub30.database.columnar;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** Reads an answer in {@code RowBinary}, value by value, as the query's columns go. */
final class RowBinaryAnswer {

  private final Buffer bytes;
  private int at;

  RowBinaryAnswer(Buffer bytes) {
    this.bytes = bytes;
  }

  boolean hasRow() {
    return at < bytes.length();
  }

  long int64() {
    at += Long.BYTES;
    return bytes.getLongLE(at - Long.BYTES);
  }

  int int32() {
    at += Integer.BYTES;
    return bytes.getIntLE(at - Integer.BYTES);
  }

  double float64() {
    return Double.longBitsToDouble(int64());
  }

  String text() {
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = bytes.getByte(at++);
      length |= (part & 0x7f) << shift;
      if (part >= 0) {
        break;
      }
    }
    at += length;
    return new String(bytes.getBytes(at - length, at), StandardCharsets.UTF_8);
  }
}
