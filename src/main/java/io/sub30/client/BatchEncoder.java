package io.sub30.client;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sub30.v1.Tick;
import io.sub30.v1.TickBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes batches in one encoding. The ticks are written apart from the head (terminal and
 * sequence), because a replay sends the same ticks as many terminals: the costly part is then
 * encoded once and only the head differs.
 */
sealed interface BatchEncoder {
  static BatchEncoder of(Encoding encoding) {
    return encoding == Encoding.JSON ? new Json() : new Protobuf();
  }

  byte[] encode(TickBatch batch);

  /** The part that every terminal shares. */
  byte[] encodeTicks(List<Tick> ticks);

  /** A whole batch from its head and the shared part. */
  byte[] join(String terminal, long sequence, byte[] ticks);

  private static byte[] concat(byte[] head, byte[] tail) {
    byte[] whole = new byte[head.length + tail.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(tail, 0, whole, head.length, tail.length);
    return whole;
  }

  /**
   * Ticks as a block, which is a tenth of their JSON; one by one when they have no block. Messages
   * concatenate: the bytes of a head and of a tail are the bytes of the message that has both
   * parts' fields.
   */
  record Protobuf() implements BatchEncoder {
    @Override
    public byte[] encode(TickBatch batch) {
      return TickBlocks.of(batch.getTicksList())
          .map(block -> batch.toBuilder().clearTicks().setBlock(block).build())
          .orElse(batch)
          .toByteArray();
    }

    @Override
    public byte[] encodeTicks(List<Tick> ticks) {
      TickBatch.Builder batch = TickBatch.newBuilder();
      TickBlocks.of(ticks).ifPresentOrElse(batch::setBlock, () -> batch.addAllTicks(ticks));
      return batch.build().toByteArray();
    }

    @Override
    public byte[] join(String terminal, long sequence, byte[] ticks) {
      return concat(
          TickBatch.newBuilder().setTerminal(terminal).setSequence(sequence).build().toByteArray(),
          ticks);
    }
  }

  /** The contract's JSON: the proto's names as they stand, absent prices left out. */
  record Json() implements BatchEncoder {
    private static final JsonFactory FACTORY = new JsonFactory();

    @Override
    public byte[] encode(TickBatch batch) {
      return write(
          json -> {
            json.writeStartObject();
            json.writeStringField("terminal", batch.getTerminal());
            json.writeNumberField("sequence", batch.getSequence());
            json.writeNumberField("server_utc_offset_s", batch.getServerUtcOffsetS());
            json.writeNumberField("client_rtt_us", Integer.toUnsignedLong(batch.getClientRttUs()));
            json.writeArrayFieldStart("want");
            for (String want : batch.getWantList()) {
              json.writeString(want);
            }
            json.writeEndArray();
            json.writeFieldName("ticks");
            writeTicks(json, batch.getTicksList());
            json.writeEndObject();
          });
    }

    @Override
    public byte[] encodeTicks(List<Tick> ticks) {
      return write(json -> writeTicks(json, ticks));
    }

    @Override
    public byte[] join(String terminal, long sequence, byte[] ticks) {
      byte[] name = write(json -> json.writeString(terminal));
      byte[] head = concat("{\"terminal\":".getBytes(StandardCharsets.UTF_8), name);
      byte[] middle =
          (",\"sequence\":" + sequence + ",\"ticks\":").getBytes(StandardCharsets.UTF_8);
      return concat(concat(head, middle), concat(ticks, new byte[] {'}'}));
    }

    private static void writeTicks(JsonGenerator json, List<Tick> ticks) throws IOException {
      json.writeStartArray();
      for (Tick tick : ticks) {
        json.writeStartObject();
        json.writeStringField("symbol", tick.getSymbol());
        json.writeNumberField("time_msc", tick.getTimeMsc());
        if (tick.hasBid()) {
          json.writeNumberField("bid", tick.getBid());
        }
        if (tick.hasAsk()) {
          json.writeNumberField("ask", tick.getAsk());
        }
        if (tick.hasLast()) {
          json.writeNumberField("last", tick.getLast());
        }
        if (tick.hasVolume()) {
          json.writeNumberField("volume", tick.getVolume());
        }
        json.writeNumberField("flags", Integer.toUnsignedLong(tick.getFlags()));
        json.writeEndObject();
      }
      json.writeEndArray();
    }

    private interface Writing {
      void to(JsonGenerator json) throws IOException;
    }

    private static byte[] write(Writing writing) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(2_048);
      try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
        writing.to(json);
      } catch (IOException e) {
        throw new UncheckedIOException("an array in memory refused to be written", e);
      }
      return bytes.toByteArray();
    }
  }
}
