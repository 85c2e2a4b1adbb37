package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Bar;
import io.sub30.v1.ListBarsResponse;
import java.io.IOException;

/** A page of bars, the oldest first; {@code next} is empty on the last page. */
public record BarsJson(ListBarsResponse page) implements JsonBody {
  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("symbol", page.getSymbol());
    json.writeStringField("terminal", page.getTerminal());
    json.writeStringField("timeframe", page.getTimeframe());
    json.writeArrayFieldStart("items");
    for (int i = 0; i < page.getItemsCount(); i++) {
      Bar bar = page.getItems(i);
      json.writeStartObject();
      json.writeNumberField("open_msc", bar.getOpenMsc());
      JsonBody.number(json, "open", bar.getOpen());
      JsonBody.number(json, "high", bar.getHigh());
      JsonBody.number(json, "low", bar.getLow());
      JsonBody.number(json, "close", bar.getClose());
      json.writeNumberField("ticks", bar.getTicks());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("next", page.getNext());
    json.writeBooleanField("complete", page.getComplete());
    json.writeStringField("source", page.getSource());
    json.writeEndObject();
  }
}
