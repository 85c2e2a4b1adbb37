package io.sub30.gateway.ingress;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Places each request in its client's trace, by the header {@code traceparent} of W3C Trace
 * Context: a new span in the trace it names, or the first one of a new trace when it names none,
 * names several, or cannot be read to the letter. Whether a trace is sampled is the client's affair
 * and only handed on; nothing is sent to a collector. One a loop; not thread-safe.
 */
public final class TraceContext {

  /** Of W3C Trace Context. */
  public static final String HEADER = "traceparent";

  /** The same, hashed once. */
  private static final CharSequence NAME = HttpHeaders.createOptimized(HEADER);

  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;

  /** Sampled, and random trace id: no other flag is known, and those must be 0. */
  private static final int KNOWN_FLAGS = 0x03;

  private static final String INVALID_VERSION = "ff";
  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final SplittableRandom random;
  private final byte[] next =
      "00-................................-................-00"
          .getBytes(StandardCharsets.ISO_8859_1);

  TraceContext(SplittableRandom random) {
    this.random = random;
  }

  /** The {@code traceparent} of the request's own span, by the headers that came with it. */
  String enter(MultiMap headers) {
    String given = headers.get(NAME);
    boolean alone = given != null && headers.getAll(NAME).size() == 1;
    return enter(alone ? given : null);
  }

  /** The same, by the value of the header. */
  String enter(@Nullable String given) {
    if (given != null && isValid(given)) {
      for (int i = TRACE_ID; i < SPAN_ID - 1; i++) {
        next[i] = (byte) given.charAt(i);
      }
      next[LENGTH - 1] = DIGITS[Character.digit(given.charAt(LENGTH - 1), 16) & KNOWN_FLAGS];
    } else {
      putRandom(TRACE_ID);
      putRandom(TRACE_ID + 16);
      next[LENGTH - 1] = '0';
    }
    putRandom(SPAN_ID);
    return new String(next, StandardCharsets.ISO_8859_1);
  }

  /** The trace's id in what {@link #enter} returned. */
  static String traceId(String traceparent) {
    return traceparent.substring(TRACE_ID, SPAN_ID - 1);
  }

  /** 16 digits, not all 0. */
  private void putRandom(int from) {
    long bits = random.nextLong();
    if (bits == 0) {
      bits = 1;
    }
    for (int i = from + 15; i >= from; i--) {
      next[i] = DIGITS[(int) bits & 0xf];
      bits >>>= 4;
    }
  }

  private static boolean isValid(String value) {
    return value.length() >= LENGTH
        && isHex(value, 0, TRACE_ID - 1)
        && !value.startsWith(INVALID_VERSION)
        && value.charAt(TRACE_ID - 1) == '-'
        && isHex(value, TRACE_ID, SPAN_ID - 1)
        && !isZero(value, TRACE_ID, SPAN_ID - 1)
        && value.charAt(SPAN_ID - 1) == '-'
        && isHex(value, SPAN_ID, FLAGS - 1)
        && !isZero(value, SPAN_ID, FLAGS - 1)
        && value.charAt(FLAGS - 1) == '-'
        && isHex(value, FLAGS, LENGTH)
        && isWhole(value);
  }

  /** A later version may have more to say, behind a further dash; the first may not. */
  private static boolean isWhole(String value) {
    return value.length() == LENGTH || (!value.startsWith("00") && value.charAt(LENGTH) == '-');
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return true;
  }
}
