package io.sub30.bus;

import com.google.protobuf.InvalidProtocolBufferException;
import io.sub30.budget.Ledger;
import io.sub30.budget.Plan;
import io.sub30.v1.WireEnvelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * As {@link EnvelopeCodec}, for answers: the ledger comes back with the times of the other side.
 */
final class ReplyCodec implements MessageCodec<Reply<?>, Reply<?>> {

  private final Plan plan;
  private final EnvelopeCodec payloads;

  ReplyCodec(Plan plan, EnvelopeCodec payloads) {
    this.plan = plan;
    this.payloads = payloads;
  }

  @Override
  public void encodeToWire(Buffer buffer, Reply<?> reply) {
    WireEnvelope.Builder wire =
        WireEnvelope.newBuilder()
            .setHop(reply.hop().ordinal())
            .setPayloadType(EnvelopeCodec.typeOf(reply.payload()))
            .setPayload(reply.payload().toByteString());
    for (long value : reply.ledger().toWire()) {
      wire.addLedger(value);
    }
    byte[] bytes = wire.build().toByteArray();
    buffer.appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Reply<?> decodeFromWire(int position, Buffer buffer) {
    int length = buffer.getInt(position);
    try {
      WireEnvelope wire =
          WireEnvelope.parseFrom(buffer.getBytes(position + 4, position + 4 + length));
      Ledger ledger = Ledger.open(plan, 0);
      ledger.absorb(wire.getLedgerList().stream().mapToLong(Long::longValue).toArray());
      Hop hop = Hop.ofOrdinal(wire.getHop());
      return new Reply<>(hop, ledger, payloads.parse(wire.getPayloadType(), wire.getPayload()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a reply cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Reply<?> transform(Reply<?> reply) {
    return reply;
  }

  @Override
  public String name() {
    return "sub30.reply";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
