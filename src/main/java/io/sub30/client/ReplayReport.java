package io.sub30.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a replay found. {@code sent = ok + refused + errors} once it has ended; percentiles are of
 * the acknowledged batches, from the intended start to the acknowledgement, resends included.
 *
 * @param sent batches whose time came; a resend does not count again
 * @param ok acknowledged as durable
 * @param duplicate of these, stored by an earlier send
 * @param degraded of these, answered with less than full fidelity
 * @param refused finally answered with 4xx, 503 or 504
 * @param errors without an answer to the last attempt, or with any other one
 * @param rejectedTicks ticks of acknowledged batches that did not pass validation
 * @param acceptedTicks ticks of acknowledged batches that did
 * @param retried resends
 * @param predictions received
 * @param signals received, HOLD left out
 * @param batchesPerSecond acknowledged, from the start to the last answer
 * @param latency of the acknowledged batches
 * @param pacingP99Micros 99th percentile of how late the generator itself was; part of the
 *     latencies
 * @param byStatus answers by HTTP status, resends included; 0 stands for no answer
 * @param byCode the same for everything but 200, by problem code or reason
 */
public record ReplayReport(
    long sent,
    long ok,
    long duplicate,
    long degraded,
    long refused,
    long errors,
    long rejectedTicks,
    long acceptedTicks,
    long retried,
    long predictions,
    long signals,
    double batchesPerSecond,
    Latency latency,
    long pacingP99Micros,
    SortedMap<Integer, Long> byStatus,
    Map<String, Long> byCode) {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** Percentiles in microseconds; 0 when nothing was acknowledged. Three digits are significant. */
  public record Latency(long p50, long p95, long p99, long p999, long max) {}

  public ReplayReport {
    byStatus = Collections.unmodifiableSortedMap(new TreeMap<>(byStatus));
    byCode = Collections.unmodifiableSortedMap(new TreeMap<>(byCode));
  }

  /** Whether every batch was acknowledged. */
  public boolean clean() {
    return refused == 0 && errors == 0;
  }

  /** The report as one JSON object. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      writeCounts(json);
      json.writeNumberField("batches_per_s", Math.round(batchesPerSecond * 10) / 10.0);
      json.writeNumberField("p50_us", latency.p50);
      json.writeNumberField("p95_us", latency.p95);
      json.writeNumberField("p99_us", latency.p99);
      json.writeNumberField("p999_us", latency.p999);
      json.writeNumberField("max_us", latency.max);
      json.writeNumberField("pacing_p99_us", pacingP99Micros);
      json.writeObjectFieldStart("by_status");
      for (Map.Entry<Integer, Long> entry : byStatus.entrySet()) {
        json.writeNumberField(String.valueOf(entry.getKey()), entry.getValue());
      }
      json.writeEndObject();
      json.writeObjectFieldStart("by_code");
      for (Map.Entry<String, Long> entry : byCode.entrySet()) {
        json.writeNumberField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string in memory refused to be written", e);
    }
    return text.toString();
  }

  private void writeCounts(JsonGenerator json) throws IOException {
    json.writeNumberField("sent", sent);
    json.writeNumberField("ok", ok);
    json.writeNumberField("duplicate", duplicate);
    json.writeNumberField("degraded", degraded);
    json.writeNumberField("refused", refused);
    json.writeNumberField("errors", errors);
    json.writeNumberField("retried", retried);
    json.writeNumberField("accepted_ticks", acceptedTicks);
    json.writeNumberField("rejected_ticks", rejectedTicks);
    json.writeNumberField("predictions", predictions);
    json.writeNumberField("signals", signals);
  }
}
