package io.sub30.ops;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.config.FaultSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What operators see and change of the injected faults. A change is taken whole or not at all.
 * Thread-safe.
 */
final class FaultControl {

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
          .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, true)
          .configure(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION, false)
          .build();

  private static final String EXPECTED =
      "expected a JSON object of points and texts, like {\"ml\": \"delay=50ms\"}";

  private final Faults faults;

  FaultControl(Faults faults) {
    this.faults = faults;
  }

  /** Every point and what is injected there. */
  Answer show() {
    if (!faults.enabled()) {
      return Answer.problem(
          404,
          "not_found",
          "Not Found",
          "faults are off in this process: they need faults.enabled: true"
              + " (SUB30_FAULTS_ENABLED=true) at start, which preset production refuses");
    }
    JsonObject points = new JsonObject();
    faults.describe().forEach(points::put);
    return Answer.json(200, points);
  }

  /** Sets the points that are named, those with an empty text to no fault; then as above. */
  Answer change(Buffer body) {
    if (!faults.enabled()) {
      return show();
    }
    Map<FaultPoint, Optional<FaultSpec>> wanted;
    try {
      wanted = read(body);
    } catch (IllegalArgumentException e) {
      return Answer.problem(400, "malformed", "Bad Request", String.valueOf(e.getMessage()));
    }
    wanted.forEach(
        (point, spec) ->
            spec.ifPresentOrElse(set -> faults.set(point, set), () -> faults.clear(point)));
    return show();
  }

  private static Map<FaultPoint, Optional<FaultSpec>> read(Buffer body) {
    Map<FaultPoint, Optional<FaultSpec>> wanted = new EnumMap<>(FaultPoint.class);
    try (JsonParser json = STRICT.createParser(body.toString())) {
      require(json.nextToken() == JsonToken.START_OBJECT);
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        FaultPoint point = point(json.currentName());
        require(json.nextToken() == JsonToken.VALUE_STRING);
        wanted.put(point, spec(point, json.getText()));
      }
      require(json.nextToken() == null);
      return wanted;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(EXPECTED + "; " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("a text does not fail to be read", e);
    }
  }

  private static void require(boolean asExpected) {
    if (!asExpected) {
      throw new IllegalArgumentException(EXPECTED);
    }
  }

  private static FaultPoint point(String label) {
    return FaultPoint.of(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no point "
                        + shortened(label)
                        + "; there are "
                        + String.join(", ", FaultPoint.labels())));
  }

  private static Optional<FaultSpec> spec(FaultPoint point, String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      return Optional.of(FaultSpec.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          point.label()
              + " is "
              + shortened(text)
              + ": "
              + e.getMessage()
              + "; it must be empty or "
              + FaultSpec.FORM,
          e);
    }
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
