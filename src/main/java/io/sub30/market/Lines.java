package io.sub30.market;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Splits a stream of bytes into lines and a line into fields, and reads numbers from them in place.
 */
final class Lines implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;
  static final int MAX_LINE_BYTES = 4_096;
  static final int MAX_FIELDS = 16;

  /** Powers of ten that a double holds exactly. */
  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long EXACT_MANTISSA = 1L << 53;

  private final InputStream in;
  private final String file;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final int[] starts = new int[MAX_FIELDS + 1];
  private int filled;
  private int position;
  private int lineStart;
  private int lineEnd;
  private long line;
  private long bytesRead;
  private int fields;

  Lines(InputStream in, String file) {
    this.in = in;
    this.file = file;
  }

  /** Moves to the next line that is not empty; false at the end. */
  boolean next() throws IOException {
    while (advance()) {
      if (lineEnd > lineStart) {
        return true;
      }
    }
    return false;
  }

  private boolean advance() throws IOException {
    int scan = position;
    while (true) {
      for (; scan < filled; scan++) {
        if (buffer[scan] == '\n') {
          endLine(scan, scan + 1);
          return true;
        }
      }
      if (scan - position > MAX_LINE_BYTES) {
        lineStart = position;
        lineEnd = position + MAX_LINE_BYTES;
        line++;
        throw malformed("longer than " + MAX_LINE_BYTES + " bytes");
      }
      int kept = filled - position;
      System.arraycopy(buffer, position, buffer, 0, kept);
      position = 0;
      filled = kept;
      scan = kept;
      int read = in.read(buffer, filled, BUFFER_BYTES - filled);
      if (read < 0) {
        if (kept == 0) {
          return false;
        }
        endLine(kept, kept);
        return true;
      }
      filled += read;
    }
  }

  private void endLine(int end, int next) {
    lineStart = position;
    lineEnd = end > position && buffer[end - 1] == '\r' ? end - 1 : end;
    bytesRead += next - position;
    position = next;
    line++;
    if (line == 1 && lineEnd - lineStart >= 3 && (buffer[lineStart] & 0xff) == 0xef) {
      lineStart += 3; // the byte order mark of UTF-8
    }
  }

  /** Splits the line; the number of fields, at most {@link #MAX_FIELDS}. */
  int split(char separator) throws MalformedTickException {
    fields = 0;
    starts[0] = lineStart;
    for (int i = lineStart; i < lineEnd; i++) {
      if (buffer[i] == separator) {
        if (fields + 2 > MAX_FIELDS) {
          throw malformed("more than " + MAX_FIELDS + " columns");
        }
        starts[++fields] = i + 1;
      }
    }
    starts[++fields] = lineEnd + 1;
    return fields;
  }

  /** Splits the line, which must have {@code expected} fields. */
  void split(char separator, int expected, String columns) throws MalformedTickException {
    int found = split(separator);
    if (found != expected) {
      throw malformed("has " + found + " columns but must have " + expected + " (" + columns + ")");
    }
  }

  boolean empty(int field) {
    return starts[field] == starts[field + 1] - 1;
  }

  /** A whole number of 0 to 18 digits' worth. */
  long wholeNumber(int field, String name) throws MalformedTickException {
    int from = starts[field];
    int to = starts[field + 1] - 1;
    if (to <= from || to - from > 18) {
      throw malformed(name + " must be a whole number");
    }
    return digits(from, to, name);
  }

  /** Digits between two offsets from the start of a field, as in {@code 2024.01.31}. */
  int digits(int field, int from, int to, String name) throws MalformedTickException {
    int start = starts[field];
    if (start + to > starts[field + 1] - 1) {
      throw malformed(name + " is too short");
    }
    return (int) digits(start + from, start + to, name);
  }

  int length(int field) {
    return starts[field + 1] - 1 - starts[field];
  }

  byte at(int field, int offset) {
    return buffer[starts[field] + offset];
  }

  private long digits(int from, int to, String name) throws MalformedTickException {
    long value = 0;
    for (int i = from; i < to; i++) {
      int digit = buffer[i] - '0';
      if (digit < 0 || digit > 9) {
        throw malformed(name + " must be a whole number");
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /**
   * A decimal number, correctly rounded. Up to 2^53 without its point a number is the quotient of
   * two exact doubles (Clinger's fast path); the rest goes through {@link Double#parseDouble}.
   */
  double decimal(int field, String name) throws MalformedTickException {
    int from = starts[field];
    int to = starts[field + 1] - 1;
    long mantissa = 0;
    int decimals = -1;
    for (int i = from; i < to; i++) {
      int digit = buffer[i] - '0';
      if (buffer[i] == '.' && decimals < 0) {
        decimals = 0;
      } else if (digit >= 0 && digit <= 9 && mantissa < EXACT_MANTISSA / 10) {
        mantissa = mantissa * 10 + digit;
        decimals += decimals < 0 ? 0 : 1;
      } else {
        return slowDecimal(from, to, name);
      }
    }
    if (to <= from || (decimals >= 0 && to - from == 1)) {
      throw malformed(name + " must be a decimal number");
    }
    return decimals > 0 ? mantissa / TENS[Math.min(decimals, 22)] : mantissa;
  }

  private double slowDecimal(int from, int to, String name) throws MalformedTickException {
    String text = new String(buffer, from, to - from, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < text.length(); i++) {
      // parseDouble also takes hexadecimals, NaN, Infinity, suffixes and blanks.
      if ("0123456789.-+eE".indexOf(text.charAt(i)) < 0) {
        throw malformed(name + " must be a decimal number");
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw malformed(name + " must be a decimal number");
    }
  }

  boolean startsWith(String prefix) {
    byte[] bytes = prefix.getBytes(StandardCharsets.ISO_8859_1);
    int end = Math.min(lineEnd, lineStart + bytes.length);
    return Arrays.equals(buffer, lineStart, end, bytes, 0, bytes.length);
  }

  MalformedTickException malformed(String problem) {
    String content = new String(buffer, lineStart, lineEnd - lineStart, StandardCharsets.UTF_8);
    return new MalformedTickException(file, line, content, problem);
  }

  long line() {
    return line;
  }

  long bytesRead() {
    return bytesRead;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
