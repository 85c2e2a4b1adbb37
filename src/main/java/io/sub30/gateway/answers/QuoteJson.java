package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Quote;
import java.io.IOException;

/** A quote; prices of 0 are unknown. */
public record QuoteJson(Quote quote) implements JsonBody {
  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("symbol", quote.getSymbol());
    json.writeStringField("terminal", quote.getTerminal());
    json.writeNumberField("sequence", quote.getSequence());
    json.writeNumberField("time_msc", quote.getTimeMsc());
    JsonBody.number(json, "bid", quote.getBid());
    JsonBody.number(json, "ask", quote.getAsk());
    JsonBody.number(json, "last", quote.getLast());
    JsonBody.number(json, "volume", quote.getVolume());
    json.writeNumberField("received_msc", quote.getReceivedMsc());
    json.writeStringField("source", quote.getSource());
    json.writeEndObject();
  }
}
