package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.ListSignalsResponse;
import io.sub30.v1.RecordedSignal;
import java.io.IOException;

/**
 * A page of recorded signals as {@code {items, next, source}}; {@code next} is empty on the last
 * page.
 */
public record SignalsJson(ListSignalsResponse page) implements JsonBody {
  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("items");
    for (int i = 0; i < page.getItemsCount(); i++) {
      RecordedSignal recorded = page.getItems(i);
      json.writeStartObject();
      SignalJson.writeFields(json, recorded.getSignal());
      json.writeStringField("terminal", recorded.getTerminal());
      json.writeNumberField("sequence", recorded.getSequence());
      json.writeNumberField("decided_msc", recorded.getDecidedMsc());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("next", page.getNext());
    json.writeStringField("source", page.getSource());
    json.writeEndObject();
  }
}
