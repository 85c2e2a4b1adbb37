package io.sub30.gateway.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Something that is written as one JSON document. */
@FunctionalInterface
public interface JsonBody {
  /** The size of a usual answer, so that the buffer seldom grows. */
  int EXPECTED_BYTES = 2_048;

  void writeTo(JsonGenerator json) throws IOException;

  /** The document in UTF-8. */
  default byte[] bytes() {
    ByteArrayBuilder bytes = new ByteArrayBuilder(EXPECTED_BYTES);
    try (JsonGenerator json = StrictJson.KNOWN_FIELDS.createGenerator(bytes)) {
      writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return bytes.toByteArray();
  }

  /** JSON has no NaN and no infinity: null says the same without breaking the reader's parser. */
  static void number(JsonGenerator json, String name, double value) throws IOException {
    json.writeFieldName(name);
    if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeNull();
    }
  }

  /** Protobuf's uint32 is a negative {@code int} above 2³¹ − 1. */
  static void unsigned(JsonGenerator json, String name, int value) throws IOException {
    json.writeNumberField(name, Integer.toUnsignedLong(value));
  }
}
