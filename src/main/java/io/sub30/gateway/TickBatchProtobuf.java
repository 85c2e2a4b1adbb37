package io.sub30.gateway;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.sub30.v1.TickBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a TickBatch from protobuf. Fields this version does not know are skipped, as protobuf has
 * it: their sender is a newer client, not a typo.
 */
final class TickBatchProtobuf {
  private static final int TICKS_TAG =
      (TickBatch.TICKS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private TickBatchProtobuf() {}

  static BatchReading read(byte[] bytes, int offset, int length) {
    try {
      if (hasTooManyTicks(CodedInputStream.newInstance(bytes, offset, length))) {
        return BatchLimits.tooManyTicks();
      }
      TickBatch batch = TickBatch.parser().parseFrom(bytes, offset, length);
      BatchReading.@Nullable Refusal refusal = BatchLimits.check(batch);
      return refusal != null ? refusal : new BatchReading.Read(batch);
    } catch (IOException e) {
      return new BatchReading.Refusal(
          BatchFault.UNREADABLE,
          "the body is not a sub30.v1.TickBatch in protobuf: " + e.getMessage());
    }
  }

  /**
   * An empty tick takes two bytes on the wire and eighty on the heap, so they are counted before
   * any is made.
   */
  private static boolean hasTooManyTicks(CodedInputStream input) throws IOException {
    int ticks = 0;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == TICKS_TAG && ++ticks > BatchLimits.MAX_TICKS) {
        return true;
      }
      if (!input.skipField(tag)) {
        return false; // an unmatched end of group; the parser says so
      }
    }
    return false;
  }
}
