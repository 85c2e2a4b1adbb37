package io.sub30.gateway.requests;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import io.sub30.gateway.text.Refused;
import io.sub30.v1.TickBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a TickBatch from protobuf, its ticks one by one or as a block. Fields this version does not
 * know are skipped, as protobuf has it: their sender is a newer client, not a typo.
 */
public final class TickBatchProtobuf {
  private static final int TICKS_TAG =
      (TickBatch.TICKS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private static final int BLOCK_TAG =
      (TickBatch.BLOCK_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** What is not known is not kept either. */
  private static final Parser<TickBatch> PARSER =
      DiscardUnknownFieldsParser.wrap(TickBatch.parser());

  private TickBatchProtobuf() {}

  /** A batch within {@link BatchLimits}, its block written out; or why there is none. */
  public static BatchReading read(byte[] bytes, int offset, int length) {
    try {
      BatchReading.@Nullable Refusal tooLarge =
          tooLarge(CodedInputStream.newInstance(bytes, offset, length));
      if (tooLarge != null) {
        return tooLarge;
      }
      TickBatch sent = PARSER.parseFrom(bytes, offset, length);
      if (sent.getBlock().getTimeMscStepsCount() > BatchLimits.MAX_TICKS) {
        return BatchLimits.tooManyTicks();
      }
      TickBatch batch = TickBlockReader.expand(sent);
      BatchReading.@Nullable Refusal refusal = BatchLimits.check(batch);
      return refusal != null ? refusal : new BatchReading.Read(batch);
    } catch (Refused e) {
      return new BatchReading.Refusal(BatchFault.OUT_OF_LIMITS, e.detail());
    } catch (IOException e) {
      return new BatchReading.Refusal(
          BatchFault.UNREADABLE,
          "the body is not a sub30.v1.TickBatch in protobuf: " + e.getMessage());
    }
  }

  /**
   * An empty tick takes two bytes on the wire and eighty on the heap, a step of a block one and
   * eight: they are counted before any is made.
   */
  private static BatchReading.@Nullable Refusal tooLarge(CodedInputStream input)
      throws IOException {
    int ticks = 0;
    int blockBytes = 0;
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      int before = input.getTotalBytesRead();
      if (tag == TICKS_TAG && ++ticks > BatchLimits.MAX_TICKS) {
        return BatchLimits.tooManyTicks();
      }
      if (!input.skipField(tag)) {
        return null; // an unmatched end of group; the parser says so
      }
      if (tag == BLOCK_TAG) {
        blockBytes += input.getTotalBytesRead() - before;
        if (blockBytes > TickBlockReader.MAX_BYTES) {
          return new BatchReading.Refusal(
              BatchFault.TOO_MANY_TICKS,
              "block has more than " + TickBlockReader.MAX_BYTES + " bytes; split the batch");
        }
      }
    }
    return null;
  }
}
