package io.sub30.database.columnar;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Rows in ClickHouse's {@code RowBinary}: numbers in little-endian order, texts after their length
 * as a varint; compressed as they are written. The caller bounds how many there are. Not
 * thread-safe.
 */
final class RowBinary {

  private static final int STAGE_BYTES = 16 << 10;

  private final ByteArrayOutputStream compressed = new ByteArrayOutputStream(STAGE_BYTES);
  private final OutputStream gzip;
  private final ByteBuffer stage = ByteBuffer.allocate(STAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int rows;

  RowBinary() {
    try {
      gzip = new Fast(compressed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** At its fastest level: the columns repeat themselves so much that others gain little. */
  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out, STAGE_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }

  RowBinary int64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  RowBinary int32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  RowBinary float64(double value) {
    room(Double.BYTES).putDouble(value);
    return this;
  }

  RowBinary text(byte[] utf8) {
    int length = utf8.length;
    room(5);
    while (length >= 0x80) {
      stage.put((byte) (length | 0x80));
      length >>>= 7;
    }
    stage.put((byte) length);
    for (int at = 0; at < utf8.length; ) {
      room(1);
      int part = Math.min(utf8.length - at, stage.remaining());
      stage.put(utf8, at, part);
      at += part;
    }
    return this;
  }

  /** A row is complete. */
  void endRow() {
    rows++;
  }

  int rows() {
    return rows;
  }

  /** Everything written, compressed; nothing can be written afterwards. */
  Buffer finish() {
    try {
      flush();
      gzip.close();
      return Buffer.buffer(compressed.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ByteBuffer room(int bytes) {
    if (stage.remaining() < bytes) {
      try {
        flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return stage;
  }

  private void flush() throws IOException {
    gzip.write(stage.array(), 0, stage.position());
    stage.clear();
  }
}
