package io.sub30.bus;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.sub30.budget.Deadline;
import io.sub30.budget.Ledger;
import io.sub30.budget.NanoClock;
import io.sub30.budget.Plan;
import io.sub30.budget.Tier;
import io.sub30.v1.WireEnvelope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.HashMap;
import java.util.Map;

/**
 * In process: the same instance, nothing is copied. On the wire: protobuf, with the remaining time
 * instead of the deadline and durations instead of stamps, less a reserve for the transit.
 */
final class EnvelopeCodec implements MessageCodec<Envelope<?>, Envelope<?>> {

  /**
   * Taken off the remaining time on arrival, since the two clocks share no origin: what a hop
   * between machines costs.
   */
  static final long TRANSIT_RESERVE_NANOS = 500_000;

  private final Plan plan;
  private final NanoClock clock;
  private final Map<String, Parser<? extends MessageLite>> parsers = new HashMap<>();

  EnvelopeCodec(Plan plan, NanoClock clock) {
    this.plan = plan;
    this.clock = clock;
    for (Address<?, ?> address : Address.all()) {
      register(address.request());
      register(address.reply());
    }
  }

  private void register(Parser<? extends MessageLite> parser) {
    try {
      parsers.put(typeOf(parser.parseFrom(ByteString.EMPTY)), parser);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an empty message must parse", e);
    }
  }

  static String typeOf(MessageLite payload) {
    return payload.getClass().getSimpleName();
  }

  MessageLite parse(String type, ByteString bytes) {
    Parser<? extends MessageLite> parser = parsers.get(type);
    if (parser == null) {
      throw new IllegalArgumentException("no address carries a payload of type " + type);
    }
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "a payload of type " + type + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void encodeToWire(Buffer buffer, Envelope<?> envelope) {
    WireEnvelope.Builder wire =
        WireEnvelope.newBuilder()
            .setRequestId(envelope.requestId())
            .setTenant(envelope.tenant())
            .setTier(envelope.tier().ordinal())
            .setRehearsal(envelope.rehearsal())
            .setRemainingNanos(envelope.deadline().remainingNanos())
            .setHop(envelope.hop().ordinal())
            .setTraceparent(envelope.ledger().traceparent())
            .setPayloadType(typeOf(envelope.payload()))
            .setPayload(envelope.payload().toByteString());
    for (long value : envelope.ledger().toWire()) {
      wire.addLedger(value);
    }
    byte[] bytes = wire.build().toByteArray();
    buffer.appendInt(bytes.length).appendBytes(bytes);
  }

  @Override
  public Envelope<?> decodeFromWire(int position, Buffer buffer) {
    int length = buffer.getInt(position);
    try {
      WireEnvelope wire =
          WireEnvelope.parseFrom(buffer.getBytes(position + 4, position + 4 + length));
      long now = clock.nanoTime();
      Ledger ledger = Ledger.open(plan, now).traced(wire.getTraceparent());
      ledger.absorb(wire.getLedgerList().stream().mapToLong(Long::longValue).toArray());
      Deadline deadline = Deadline.at(now, wire.getRemainingNanos() - TRANSIT_RESERVE_NANOS, clock);
      Hop hop = Hop.ofOrdinal(wire.getHop());
      ledger.departed(hop.ordinal(), now); // the asker adds the transit when the answer is back
      return new Envelope<>(
          hop,
          wire.getRequestId(),
          wire.getTenant(),
          Tier.ofOrdinal(wire.getTier()),
          wire.getRehearsal(),
          deadline,
          ledger,
          parse(wire.getPayloadType(), wire.getPayload()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("an envelope cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Envelope<?> transform(Envelope<?> envelope) {
    return envelope;
  }

  @Override
  public String name() {
    return "sub30.envelope";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
