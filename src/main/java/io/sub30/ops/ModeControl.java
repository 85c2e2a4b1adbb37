package io.sub30.ops;

import io.sub30.budget.Mode;
import io.sub30.budget.ModeSwitch;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators see and change of the mode the budget is kept in. Thread-safe. */
final class ModeControl {

  private static final Logger log = LoggerFactory.getLogger(ModeControl.class);
  private static final String EXPECTED = "expected a JSON object like {\"mode\": \"observe\"}";

  private final ModeSwitch mode;

  ModeControl(ModeSwitch mode) {
    this.mode = mode;
  }

  Answer show() {
    return Answer.json(200, new JsonObject().put("mode", mode.mode().label()));
  }

  /** Takes the mode that is named, from the next request on; then as above. */
  Answer change(Buffer body) {
    Mode next;
    try {
      next = read(TextObject.read(body, EXPECTED));
    } catch (IllegalArgumentException e) {
      return Answer.problem(400, "malformed", "Bad Request", String.valueOf(e.getMessage()));
    }
    Mode before = mode.mode();
    mode.set(next);
    if (before != next) {
      log.warn("the budget's mode is {} now, it was {}", next.label(), before.label());
    }
    return show();
  }

  private static Mode read(Map<String, String> texts) {
    String label = texts.get("mode");
    if (label == null || texts.size() != 1) {
      throw new IllegalArgumentException(EXPECTED);
    }
    return Mode.of(label)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "mode is "
                        + TextObject.shortened(label)
                        + "; it must be one of "
                        + Mode.labels()));
  }
}
