package io.sub30.gateway.requests;

import com.google.protobuf.ByteString;
import io.sub30.gateway.answers.TickResultJson;
import io.sub30.gateway.text.Refused;
import io.sub30.v1.TickBatch;
import io.sub30.v1.TickResult;
import java.nio.charset.StandardCharsets;

/** The gateway's encodings, opened for the benchmarks, which live in a package of their own. */
public final class BatchCodecs {
  private final ContentHash hash = new ContentHash();

  public static byte[] toJson(TickBatch batch) {
    return Batches.json(batch).getBytes(StandardCharsets.UTF_8);
  }

  public static TickBatch fromJson(byte[] json) {
    return ((BatchReading.Read) TickBatchJson.read(json, 0, json.length)).batch();
  }

  public static TickBatch fromProtobuf(byte[] protobuf) {
    return ((BatchReading.Read) TickBatchProtobuf.read(protobuf, 0, protobuf.length)).batch();
  }

  /** A batch with its ticks written out, whichever form it came in. */
  public static TickBatch expand(TickBatch batch) {
    try {
      return TickBlockReader.expand(batch);
    } catch (Refused e) {
      throw new AssertionError(e.detail(), e);
    }
  }

  public static byte[] toJson(TickResult result) {
    return new TickResultJson(result).bytes();
  }

  public ByteString hash(TickBatch batch) {
    return hash.of(batch);
  }
}
