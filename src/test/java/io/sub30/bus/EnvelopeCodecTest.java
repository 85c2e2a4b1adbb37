package io.sub30.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.sub30.budget.Deadline;
import io.sub30.budget.FakeNanoClock;
import io.sub30.budget.Ledger;
import io.sub30.budget.Outcome;
import io.sub30.budget.Plan;
import io.sub30.budget.Plans;
import io.sub30.budget.Tier;
import io.sub30.v1.HopSpend;
import io.sub30.v1.PredictRequest;
import io.sub30.v1.Predictions;
import io.sub30.v1.WireEnvelope;
import io.vertx.core.buffer.Buffer;
import java.util.Collections;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class EnvelopeCodecTest {

  private final Plan plan = Plans.specified();
  private final FakeNanoClock here = new FakeNanoClock(1_000_000_000_000L);
  private final FakeNanoClock there = new FakeNanoClock(Long.MIN_VALUE + 7);
  private final EnvelopeCodec sender = new EnvelopeCodec(plan, here);
  private final EnvelopeCodec receiver = new EnvelopeCodec(plan, there);

  @Test
  void transform_inProcess_isTheSameInstance() {
    Envelope<?> envelope = envelope(30_000_000);

    assertThat(sender.transform(envelope)).isSameAs(envelope);
    Reply<?> reply = new Reply<>(Hop.ML_PROCESSING, envelope.ledger(), envelope.payload());
    assertThat(new ReplyCodec(plan, sender).transform(reply)).isSameAs(reply);
  }

  @Test
  void wire_envelope_carriesEverythingButTheClock() {
    Envelope<PredictRequest> sent = envelope(30_000_000);
    sent.ledger().book(Hop.DATA_BRIDGE.ordinal(), 5, 6, Outcome.DEGRADED);

    Envelope<?> got = overTheWire(sent, 0);

    assertThat(got.hop()).isEqualTo(Hop.ML_PROCESSING);
    assertThat(got.requestId()).isEqualTo("r1");
    assertThat(got.tenant()).isEqualTo("acme");
    assertThat(got.tier()).isEqualTo(Tier.PRO);
    assertThat(got.rehearsal()).isTrue();
    assertThat(got.payload()).isEqualTo(sent.payload());
    assertThat(got.ledger().toWire()).isEqualTo(sent.ledger().toWire());
    assertThat(got.deadline().clock()).isSameAs(there);
  }

  @Test
  void wire_atAnOffset_isReadFromThere() {
    assertThat(overTheWire(envelope(30_000_000), 13).requestId()).isEqualTo("r1");
  }

  @Test
  void wire_remainingTime_isLessTheReserve() {
    assertThat(overTheWire(envelope(30_000_000), 0).deadline().remainingNanos())
        .isEqualTo(30_000_000 - EnvelopeCodec.TRANSIT_RESERVE_NANOS);
  }

  @Property(tries = 200)
  void wire_remainingTime_neverGrows(
      @ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long remaining,
      @ForAll long otherEpoch) {
    there.advanceNanos(otherEpoch);
    Envelope<PredictRequest> sent = envelope(remaining);

    assertThat(overTheWire(sent, 0).deadline().remainingNanos())
        .isLessThan(sent.deadline().remainingNanos());
  }

  @Test
  void wire_expired_staysExpired() {
    assertThat(overTheWire(envelope(-1), 0).deadline().isExpired()).isTrue();
  }

  @Test
  void wire_payloadOfNoAddress_isRefused() {
    Envelope<HopSpend> sent = envelope(1).to(Hop.ML_PROCESSING, HopSpend.getDefaultInstance());

    assertThatThrownBy(() -> overTheWire(sent, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no address carries a payload of type HopSpend");
  }

  @Test
  void wire_brokenBytes_areRefused() {
    byte[] broken = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    Buffer buffer = Buffer.buffer().appendInt(broken.length).appendBytes(broken);
    assertThatThrownBy(() -> receiver.decodeFromWire(0, buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("an envelope cannot be read");

    assertThatThrownBy(() -> receiver.parse("PredictRequest", ByteString.copyFrom(broken)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a payload of type PredictRequest cannot be read");
  }

  @Test
  void wire_hopOrTierOutOfRange_isRefused() {
    for (WireEnvelope wire :
        new WireEnvelope[] {
          WireEnvelope.newBuilder().setHop(9).build(), WireEnvelope.newBuilder().setTier(3).build()
        }) {
      byte[] bytes =
          wire.toBuilder()
              .setPayloadType("Predictions")
              .addAllLedger(Collections.nCopies(27, 0L))
              .build()
              .toByteArray();
      Buffer buffer = Buffer.buffer().appendInt(bytes.length).appendBytes(bytes);
      assertThatThrownBy(() -> receiver.decodeFromWire(0, buffer))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("number");
    }
  }

  @Test
  void wire_reply_bringsTheTimesBackAndTakesNoMoreStamps() {
    Ledger ledger = Ledger.open(plan, 0);
    ledger.book(Hop.ML_PROCESSING.ordinal(), 10, 20, Outcome.OK);
    ReplyCodec codec = new ReplyCodec(plan, sender);
    Buffer buffer = Buffer.buffer();
    codec.encodeToWire(
        buffer, new Reply<>(Hop.ML_PROCESSING, ledger, Predictions.getDefaultInstance()));

    Reply<?> got = codec.decodeFromWire(0, buffer);
    got.ledger().returned(Hop.ML_PROCESSING.ordinal(), 99_999, Outcome.LATE); // the interceptor

    assertThat(got.hop()).isEqualTo(Hop.ML_PROCESSING);
    assertThat(got.payload()).isEqualTo(Predictions.getDefaultInstance());
    assertThat(got.ledger().toWire()).isEqualTo(ledger.toWire());
  }

  @Test
  void wire_trace_staysTheRequests() {
    String traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    Envelope<?> traced = envelope(1_000_000);
    traced.ledger().traced(traceparent);
    assertThat(overTheWire(traced, 0).ledger().traceparent()).isEqualTo(traceparent);
    assertThat(overTheWire(envelope(1_000_000), 0).ledger().traceparent()).isEmpty();
  }

  private Envelope<?> overTheWire(Envelope<?> envelope, int position) {
    Buffer buffer = Buffer.buffer(new byte[position]);
    sender.encodeToWire(buffer, envelope);
    return receiver.decodeFromWire(position, buffer);
  }

  private Envelope<PredictRequest> envelope(long remainingNanos) {
    return new Envelope<>(
        Hop.ML_PROCESSING,
        "r1",
        "acme",
        Tier.PRO,
        true,
        Deadline.after(remainingNanos, here),
        Ledger.open(plan, here.nanoTime()),
        PredictRequest.newBuilder().setTerminal("t1").build());
  }
}
