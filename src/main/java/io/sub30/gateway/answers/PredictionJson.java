package io.sub30.gateway.answers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.gateway.text.JsonBody;
import io.sub30.v1.Prediction;
import io.sub30.v1.RecordedPrediction;
import java.io.IOException;

/** A recorded prediction: what was predicted, and which batch it was given for. */
public record PredictionJson(RecordedPrediction recorded) implements JsonBody {

  /** What is said instead of one, over every transport. */
  public static final String NONE = "no prediction for the symbol is stored";

  @Override
  public void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeObjectFieldStart("prediction");
    writeFields(json, recorded.getPrediction());
    json.writeEndObject();
    json.writeStringField("terminal", recorded.getTerminal());
    json.writeNumberField("sequence", recorded.getSequence());
    json.writeNumberField("received_msc", recorded.getReceivedMsc());
    json.writeStringField("source", recorded.getSource());
    json.writeEndObject();
  }

  /** Writes the fields into an object that is open, the same in a result. */
  static void writeFields(JsonGenerator json, Prediction prediction) throws IOException {
    json.writeStringField("symbol", prediction.getSymbol());
    JsonBody.number(json, "p_up", prediction.getPUp());
    JsonBody.number(json, "p_down", prediction.getPDown());
    JsonBody.number(json, "p_exceeds_cost", prediction.getPExceedsCost());
    JsonBody.number(json, "volatility", prediction.getVolatility());
    JsonBody.unsigned(json, "horizon_s", prediction.getHorizonS());
    json.writeStringField("model", prediction.getModel());
    json.writeStringField("source", prediction.getSource());
    json.writeNumberField("as_of_msc", prediction.getAsOfMsc());
  }
}
