package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Degraded;
import io.sub30.v1.Refusal;
import io.sub30.v1.RejectedTick;
import io.sub30.v1.TickResult;
import java.io.IOException;

/**
 * A TickResult as the contract has it: the names of the proto file, every field printed whether
 * default or not, 64-bit integers as numbers, doubles in the shortest form that reads back as the
 * same bits, enums by name. The refusal of a batch in a stream is printed alone.
 */
public record TickResultJson(TickResult result) implements JsonBody {
  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("request_id", result.getRequestId());
    if (result.hasRefusal()) {
      json.writeNumberField("sequence", result.getSequence());
      writeRefusal(json, result.getRefusal());
      json.writeEndObject();
      return;
    }
    json.writeStringField("tenant", result.getTenant());
    json.writeStringField("tier", result.getTier());
    json.writeNumberField("sequence", result.getSequence());
    json.writeBooleanField("duplicate", result.getDuplicate());
    json.writeBooleanField("durable", result.getDurable());
    JsonBody.unsigned(json, "accepted", result.getAccepted());
    writeRejected(json);
    writePredictions(json);
    writeSignals(json);
    writeDegraded(json);
    json.writeFieldName("budget");
    BudgetJson.write(json, result.getBudget());
    json.writeEndObject();
  }

  private static void writeRefusal(JsonGenerator json, Refusal refusal) throws IOException {
    json.writeObjectFieldStart("refusal");
    json.writeStringField("code", refusal.getCode());
    JsonBody.unsigned(json, "status", refusal.getStatus());
    json.writeStringField("detail", refusal.getDetail());
    JsonBody.unsigned(json, "retry_after_ms", refusal.getRetryAfterMs());
    json.writeEndObject();
  }

  private void writeRejected(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("rejected");
    for (int i = 0; i < result.getRejectedCount(); i++) {
      RejectedTick rejected = result.getRejected(i);
      json.writeStartObject();
      JsonBody.unsigned(json, "index", rejected.getIndex());
      json.writeStringField("reason", rejected.getReason());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writePredictions(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("predictions");
    for (int i = 0; i < result.getPredictionsCount(); i++) {
      json.writeStartObject();
      PredictionJson.writeFields(json, result.getPredictions(i));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeSignals(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("signals");
    for (int i = 0; i < result.getSignalsCount(); i++) {
      json.writeStartObject();
      SignalJson.writeFields(json, result.getSignals(i));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeDegraded(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("degraded");
    for (int i = 0; i < result.getDegradedCount(); i++) {
      Degraded degraded = result.getDegraded(i);
      json.writeStartObject();
      json.writeStringField("hop", degraded.getHop());
      json.writeStringField("reason", degraded.getReason());
      json.writeNumberField("as_of_msc", degraded.getAsOfMsc());
      json.writeNumberField("age_ms", degraded.getAgeMs());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
