package io.sub30.ops;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;

/**
 * One answer, complete.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body not empty
 */
record Answer(int status, String contentType, Buffer body) {

  static Answer json(int status, JsonObject body) {
    return new Answer(status, "application/json", body.toBuffer());
  }

  /** A refusal after RFC 9457. */
  static Answer problem(int status, String code, String title, String detail) {
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title)
            .put("status", status)
            .put("code", code)
            .put("detail", detail);
    return new Answer(status, "application/problem+json", body.toBuffer());
  }
}
