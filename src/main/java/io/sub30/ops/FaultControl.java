package io.sub30.ops;

import io.sub30.bus.FaultPoint;
import io.sub30.bus.Faults;
import io.sub30.config.FaultSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What operators see and change of the injected faults. A change is taken whole or not at all.
 * Thread-safe.
 */
final class FaultControl {

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
    TextObject.read(body, EXPECTED)
        .forEach(
            (label, text) -> {
              FaultPoint point = point(label);
              wanted.put(point, spec(point, text));
            });
    return wanted;
  }

  private static FaultPoint point(String label) {
    return FaultPoint.of(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no point "
                        + TextObject.shortened(label)
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
              + TextObject.shortened(text)
              + ": "
              + e.getMessage()
              + "; it must be empty or "
              + FaultSpec.FORM,
          e);
    }
  }
}
