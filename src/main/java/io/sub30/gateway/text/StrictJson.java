package io.sub30.gateway.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * JSON as RFC 8259 has it: UTF-8 without a byte order mark, no comments, no NaN, limited in depth
 * and length.
 *
 * <p>Jackson guesses UTF-16 and UTF-32 from zero bytes and lets overlong UTF-8 through, so the
 * bytes are checked before it sees them. Names are not interned: they come from outside.
 * Thread-safe.
 */
public final class StrictJson {
  /** Deepest nesting; the contract itself needs three levels. */
  static final int MAX_DEPTH = 8;

  /** Longest string, UTF-16 units: a token's claims are the longest that is read. */
  private static final int MAX_STRING_LENGTH = 1_024;

  private static final int MAX_NUMBER_LENGTH = 64;
  private static final int MAX_NAME_LENGTH = 256;

  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxStringLength(MAX_STRING_LENGTH)
          .maxNumberLength(MAX_NUMBER_LENGTH)
          .maxNameLength(MAX_NAME_LENGTH)
          .build();

  /** For known fields, whose repetition the reader itself sees: no set of names per object. */
  public static final JsonFactory KNOWN_FIELDS = factory(false);

  /** For objects that may hold fields nobody reads. */
  public static final JsonFactory OPEN_FIELDS = factory(true);

  private StrictJson() {}

  private static JsonFactory factory(boolean refuseDuplicates) {
    return JsonFactory.builder()
        .streamReadConstraints(CONSTRAINTS)
        .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
        .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, refuseDuplicates)
        .configure(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION, false)
        .configure(StreamReadFeature.USE_FAST_DOUBLE_PARSER, true)
        .configure(StreamWriteFeature.USE_FAST_DOUBLE_WRITER, true)
        .build();
  }

  /**
   * What is wrong with the encoding of {@code bytes[offset, offset + length)}; null when nothing
   * is.
   */
  public static @Nullable String encodingFault(byte[] bytes, int offset, int length) {
    if (length == 0) {
      return "the body is empty; a JSON object is expected";
    }
    if (length >= 3
        && bytes[offset] == (byte) 0xEF
        && bytes[offset + 1] == (byte) 0xBB
        && bytes[offset + 2] == (byte) 0xBF) {
      return "the body begins with a byte order mark; send UTF-8 without one";
    }
    for (int i = offset, end = offset + Math.min(4, length); i < end; i++) {
      if (bytes[i] == 0) {
        return "the body begins with a zero byte, as UTF-16 and UTF-32 do; send UTF-8";
      }
    }
    if (!UnsafeByteOperations.unsafeWrap(bytes, offset, length).isValidUtf8()) {
      return "the body is not valid UTF-8";
    }
    return null;
  }

  /**
   * A parser over bytes whose encoding was checked, for an object that may hold fields nobody
   * reads.
   */
  public static JsonParser openFields(byte[] bytes) throws IOException {
    return OPEN_FIELDS.createParser(bytes, 0, bytes.length);
  }
}
