package io.sub30.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What operators send: a JSON object of names and texts, read strictly. */
final class TextObject {

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, true)
          .configure(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION, false)
          .build();

  private TextObject() {}

  /**
   * The names and texts, in order.
   *
   * @throws IllegalArgumentException beginning with {@code expected}
   */
  static Map<String, String> read(Buffer body, String expected) {
    Map<String, String> texts = new LinkedHashMap<>();
    try (JsonParser json = STRICT.createParser(body.toString())) {
      require(json.nextToken() == JsonToken.START_OBJECT, expected);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        require(json.nextToken() == JsonToken.VALUE_STRING, expected);
        texts.put(name, json.getText());
      }
      require(json.nextToken() == null, expected);
      return texts;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(expected + "; " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("a text does not fail to be read", e);
    }
  }

  private static void require(boolean asExpected, String expected) {
    if (!asExpected) {
      throw new IllegalArgumentException(expected);
    }
  }

  /** A text as a message shows it. */
  static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
