package io.sub30.gateway.requests;

import io.sub30.gateway.answers.ProblemCode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a body into messages: lines (NDJSON), or messages with their length before them as a varint
 * (protobuf's delimited form). Holds one message and one chunk at most. Not thread-safe.
 */
public final class StreamFrames {

  /** What is kept for the next message when there is none at the moment. */
  private static final int KEPT_BYTES = 64 << 10;

  private final boolean lines;
  private final int maxMessageBytes;
  private byte[] held = new byte[0];
  private int from;
  private int to;

  /** Up to where no line ends. */
  private int scanned;

  /**
   * @param type JSON for lines, else delimited messages
   * @param maxMessageBytes of one, without its end or length
   */
  public StreamFrames(MediaType type, int maxMessageBytes) {
    this.lines = type == MediaType.JSON;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** More of the body. To be called only when {@link #next} has no whole message. */
  public void add(byte[] chunk) {
    int rest = to - from;
    if (rest == 0) {
      if (held.length > KEPT_BYTES) {
        held = new byte[0];
      }
      from = 0;
      to = 0;
      scanned = 0;
    }
    // Room is doubled, so that a message of many small chunks is not copied for each of them.
    if (to + chunk.length > held.length) {
      byte[] roomier =
          held.length >= 2 * (rest + chunk.length) ? held : new byte[2 * (rest + chunk.length)];
      System.arraycopy(held, from, roomier, 0, rest);
      held = roomier;
      scanned = Math.max(0, scanned - from);
      from = 0;
      to = rest;
    }
    System.arraycopy(chunk, 0, held, to, chunk.length);
    to += chunk.length;
  }

  /** The next whole message; null when more bytes are needed. Empty lines are none. */
  public byte @Nullable [] next() throws UnreadableMessage {
    return lines ? nextLine() : nextDelimited();
  }

  /** What is left when the body has ended: a last line without its end, or null. */
  public byte @Nullable [] rest() throws UnreadableMessage {
    byte[] rest = Arrays.copyOfRange(held, from, to);
    from = to;
    if (rest.length == 0 || (lines && isBlank(rest))) {
      return null;
    }
    if (!lines) {
      throw new UnreadableMessage(ProblemCode.MALFORMED, "the body ends within a message");
    }
    return rest;
  }

  private byte @Nullable [] nextLine() throws UnreadableMessage {
    for (int i = Math.max(scanned, from); i < to; i++) {
      if (held[i] == '\n') {
        byte[] line = Arrays.copyOfRange(held, from, i);
        from = i + 1;
        scanned = from;
        checkSize(line.length);
        if (!isBlank(line)) {
          return line;
        }
      }
    }
    scanned = to;
    checkSize(to - from);
    return null;
  }

  private byte @Nullable [] nextDelimited() throws UnreadableMessage {
    long length = 0;
    for (int i = from; i < to; i++) {
      int shift = 7 * (i - from);
      if (shift > 28) {
        throw new UnreadableMessage(
            ProblemCode.MALFORMED, "a message's length is not a varint of 32 bits");
      }
      length |= (long) (held[i] & 127) << shift;
      if (held[i] >= 0) {
        checkSize(length);
        int start = i + 1;
        if (to - start < length) {
          return null;
        }
        from = start + (int) length;
        return Arrays.copyOfRange(held, start, from);
      }
    }
    return null;
  }

  private void checkSize(long bytes) throws UnreadableMessage {
    if (bytes > maxMessageBytes) {
      throw new UnreadableMessage(
          ProblemCode.TOO_LARGE,
          "a message is larger than " + maxMessageBytes + " bytes; split the batch");
    }
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }
}
