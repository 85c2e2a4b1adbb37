package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Signal;
import java.io.IOException;

/** The fields of a signal, the same in a result and in a list. */
final class SignalJson {
  private SignalJson() {}

  /** Writes the fields into an object that is open. */
  static void writeFields(JsonGenerator json, Signal signal) throws IOException {
    json.writeStringField("id", signal.getId());
    json.writeStringField("symbol", signal.getSymbol());
    json.writeStringField("side", signal.getSide().name());
    JsonBody.number(json, "confidence", signal.getConfidence());
    JsonBody.number(json, "entry", signal.getEntry());
    JsonBody.number(json, "stop", signal.getStop());
    JsonBody.number(json, "target", signal.getTarget());
    JsonBody.number(json, "size", signal.getSize());
    json.writeStringField("strategy", signal.getStrategy());
    json.writeArrayFieldStart("reasons");
    for (int i = 0; i < signal.getReasonsCount(); i++) {
      json.writeString(signal.getReasons(i));
    }
    json.writeEndArray();
  }
}
